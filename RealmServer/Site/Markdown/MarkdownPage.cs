using System.Text;
using Fleet.RealmServer.Caching;
using Fleet.ServiceDefaults.Markdown;

namespace Fleet.RealmServer.Site.Markdown;

/// <summary>A page as Markdown, ready to be sent.</summary>
internal sealed class MarkdownPage
{
    private MarkdownPage(string text, string tag, string canonical)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        (Body, Tokens, Link) = (new(bytes, tag + "-md"), MarkdownDocument.EstimateTokens(bytes.Length), $"<{canonical}>; rel=\"canonical\"");
    }

    public EncodedBody Body { get; }

    /// <summary>Estimated number of tokens of a language model: a quarter of the size in bytes.</summary>
    public int Tokens { get; }

    /// <summary>Value of the <c>Link</c> header.</summary>
    public string Link { get; }

    /// <summary>The Markdown of a page: the host's own if it has rendered that format, otherwise the converted main content. Null if the page is too large or nested too
    /// deeply (<see cref="MarkdownConverter"/>).</summary>
    /// <param name="url">URL of the page.</param>
    /// <param name="tag">The unquoted entity tag of the page.</param>
    /// <param name="own">The host's own Markdown; null if there is none.</param>
    /// <param name="html">The page's document.</param>
    public static MarkdownPage? Of(string url, string tag, string? own, ReadOnlySpan<byte> html) =>
        own is { Length: > 0 } ? new(own, tag, url)
        : MarkdownConverter.Convert(Encoding.UTF8.GetString(html), url) is { } converted ? new(converted.Text, tag, converted.Canonical ?? url)
        : null;
}
