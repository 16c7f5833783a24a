using Microsoft.Net.Http.Headers;

namespace Fleet.ServiceDefaults;

/// <summary>Decides by the <c>Accept</c> header whether a URL is answered with the page as HTML or Markdown, or with JSON.</summary>
public static class AcceptHeader
{
    /// <summary>Whether the header names JSON and prefers it to HTML. <c>*/*</c>, as curl sends it, selects the page.</summary>
    public static bool PrefersJson(string? accept)
    {
        if (string.IsNullOrEmpty(accept) || !accept.Contains("json", StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParseList([accept], out var accepted))
        {
            return false;
        }

        var json = Quality(accepted, "application/json");
        return json > 0 && json > Quality(accepted, "text/html");
    }

    /// <summary>Whether the header names Markdown and does not prefer HTML. Agents name it; browsers and <c>*/*</c> do not.</summary>
    public static bool PrefersMarkdown(string? accept)
    {
        if (string.IsNullOrEmpty(accept) || !accept.Contains("markdown", StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParseList([accept], out var accepted))
        {
            return false;
        }

        var markdown = Quality(accepted, "text/markdown");
        return markdown > 0 && markdown >= Quality(accepted, "text/html");
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string mediaType) => accepted
        .Where(a => a.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        .Select(a => a.Quality ?? 1)
        .DefaultIfEmpty(0)
        .Max();
}
