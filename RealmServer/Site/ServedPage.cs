using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site.Markdown;

namespace Fleet.RealmServer.Site;

/// <summary>A page that is ready to be sent.</summary>
internal sealed class ServedPage
{
    private readonly Lazy<MarkdownPage?> _markdown;

    public ServedPage(ComposedPage page, ShellDocument shell)
    {
        (Status, Kind, Location, LacksScreenshot, ShellToken) = (page.Status, page.Kind, page.Location, page.LacksScreenshot, shell.Token);
        (Headers, IsCapped) = (page.Headers, page.IsCapped);
        Link = page.Canonical is { } url ? $"<{url}>; rel=\"canonical\"" : null;
        var html = page.ToBytes();
        Body = new(html, page.ETag);
        _markdown = new(() => page.Url is { } url ? MarkdownPage.Of(url, page.ETag, page.Markdown, html) : null);
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    public ContentKind Kind { get; }

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

    /// <summary>Whether the page has content of its own, so that it can be sent as Markdown.</summary>
    public bool HasContent => Kind is ContentKind.Content or ContentKind.Document or ContentKind.OldDocument;

    /// <summary>The page as Markdown, converted on first use; null if it is too large or nested too deeply.</summary>
    public MarkdownPage? Markdown => _markdown.Value;

    /// <summary>Approximate memory in bytes. Markdown is at most about as long as its document.</summary>
    public long Size => HasContent ? Body.Size / 2 * 3 : Body.Size;

    /// <summary>Why there is no page; null if this is one.</summary>
    public Unavailability? Unavailability { get; init; }

    /// <summary>Whether the response is for this request only and is sent with <c>no-store</c>: it is a failure, or it may not be stored.</summary>
    public bool IsTransient { get; init; }
}
