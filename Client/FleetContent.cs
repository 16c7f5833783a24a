using System.Net.Http.Headers;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>A document, screenshot or PDF of a page.</summary>
public sealed record FleetContent
{
    /// <summary><see cref="RenderOutcome.Rendered"/>, or <see cref="RenderOutcome.Failed"/> for an error page of the content.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Where the page redirects to, if <see cref="Status"/> is a redirect.</summary>
    public Uri? Location { get; init; }

    /// <summary>Media type of <see cref="Bytes"/>: <c>text/html; charset=utf-8</c>. Empty for a redirect.</summary>
    public required string MediaType { get; init; }

    /// <summary>The file. Empty for a redirect.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Response headers that the page asks for (<c>prerender-header</c>).</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Age of a document from the fleet's store; null if it was rendered for this call.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Whether content may be missing: the page had not settled, or a screenshot has only the first 16,384 CSS pixels of its height.</summary>
    public bool IsCapped { get; init; }

    /// <summary><see cref="Bytes"/> as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The headers of a manager's answer that are the page's own: the others belong to the connection or to the fleet.</summary>
    internal static IReadOnlyDictionary<string, string> PageHeaders(HttpResponseHeaders headers) =>
        PageHeaderRules.Passed(headers.Where(static header => !s_ofTheManager.Contains(header.Key)).ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value)))
        ?? new Dictionary<string, string>();

    // The manager sets them on every answer; on the caller's own pages they are the caller's to choose.
    private static readonly HashSet<string> s_ofTheManager = new(StringComparer.OrdinalIgnoreCase) { "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options" };
}
