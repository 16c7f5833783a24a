using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Site;

/// <summary>A page ready to be sent.</summary>
internal sealed class ServedPage
{
    public ServedPage(ComposedPage page, ShellDocument shell)
    {
        (Status, Matter, Location, LacksScreenshot, ShellToken) = (page.Status, page.Matter, page.Location, page.LacksScreenshot, shell.Token);
        Link = page.Canonical is { } url ? $"<{url}>; rel=\"canonical\"" : null;
        Body = new(page.ToBytes(), page.ETag);
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    public ContentKind Matter { get; }

    /// <summary>Where it redirects to.</summary>
    public string? Location { get; }

    /// <summary>Whether there could be a screenshot of it, and is none.</summary>
    public bool LacksScreenshot { get; }

    /// <summary>The <c>Link</c> header; null for none.</summary>
    public string? Link { get; }

    /// <summary>Token of the shell that it was composed with.</summary>
    public string ShellToken { get; }

    public EncodedBody Body { get; }

    /// <summary>A good page that may be kept, but for this one answer only: it had not come to rest, or is a failure's.</summary>
    public bool Passing { get; init; }
}
