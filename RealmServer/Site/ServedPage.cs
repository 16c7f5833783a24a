using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Site;

/// <summary>A page that is ready to be sent.</summary>
internal sealed class ServedPage
{
    public ServedPage(ComposedPage page, ShellDocument shell)
    {
        (Status, Matter, Location, LacksScreenshot, ShellToken) = (page.Status, page.Matter, page.Location, page.LacksScreenshot, shell.Token);
        (Headers, IsCapped) = (page.Headers, page.IsCapped);
        Link = page.Canonical is { } url ? $"<{url}>; rel=\"canonical\"" : null;
        Body = new(page.ToBytes(), page.ETag);
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    public ContentKind Matter { get; }

    /// <summary>The redirect target; null if the page does not redirect.</summary>
    public string? Location { get; }

    /// <summary>Whether the page can have a screenshot but has none.</summary>
    public bool LacksScreenshot { get; }

    /// <summary>Response headers that the page requests; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; }

    /// <summary>Whether the page was captured before it had settled, so that content may be missing.</summary>
    public bool IsCapped { get; }

    /// <summary>Value of the <c>Link</c> header; null for none.</summary>
    public string? Link { get; }

    /// <summary>Token of the shell that the page was composed with.</summary>
    public string ShellToken { get; }

    public EncodedBody Body { get; }

    /// <summary>Why there is no page; null if this is one.</summary>
    public Unavailability? Unavailability { get; init; }

    /// <summary>Whether the page is sent only once and with <c>no-store</c>: it is a failure, or it may not be stored.</summary>
    public bool Passing { get; init; }
}
