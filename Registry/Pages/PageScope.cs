using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>The scope that a rendition of pages is stored under.</summary>
public static class PageScope
{
    /// <summary>The scope of a rendition. That of the desktop is the realm's own; no URL has a space, so no realm has the scope of another rendition.</summary>
    /// <param name="realm">The scope of the realm, or of the routes.</param>
    /// <param name="rendition">The rendition.</param>
    public static string Of(string realm, Rendition rendition) => rendition == Rendition.Desktop ? realm : realm + " mobile";
}
