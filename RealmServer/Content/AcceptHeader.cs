using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>One URL answers both a page and its card; this tells which.</summary>
internal static class AcceptHeader
{
    /// <summary>Whether JSON is asked for by name, and HTML is not wanted at least as much. <c>*/*</c>, as curl sends it, means the page.</summary>
    public static bool PrefersJson(string? accept)
    {
        if (string.IsNullOrEmpty(accept) || !accept.Contains("json", StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParseList([accept], out var wanted))
        {
            return false;
        }

        var json = Best(wanted, "application/json");
        return json > 0 && json > Best(wanted, "text/html");
    }

    private static double Best(IList<MediaTypeHeaderValue> wanted, string mediaType) => wanted
        .Where(w => w.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        .Select(w => w.Quality ?? 1)
        .DefaultIfEmpty(0)
        .Max();
}
