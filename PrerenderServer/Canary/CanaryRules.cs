using Fleet.Contracts;

namespace Fleet.PrerenderServer.Canary;

/// <summary>A page that a canary renders.</summary>
/// <param name="Scope">The storage scope of the page, which is also its affinity.</param>
/// <param name="Url">URL of the page.</param>
internal readonly record struct Sample(string Scope, string Url);

/// <summary>How the renders of one page by both servers compare.</summary>
internal enum SampleResult
{
    /// <summary>Both rendered the same.</summary>
    Equal,

    /// <summary>Each rendered the same twice, and not the same as the other; or only the other server rendered the page.</summary>
    Different,

    /// <summary>The page changes from render to render, or the other server did not render it.</summary>
    NotComparable,
}

/// <summary>The decisions of a canary.</summary>
internal static class CanaryRules
{
    /// <summary>The server to compare with: a ready one with another browser. Null when there is nothing to check: no other server is ready, or one with this
    /// browser is, so that the browser has been checked or accepted.</summary>
    /// <param name="servers">The live servers.</param>
    /// <param name="incarnation">This server.</param>
    /// <param name="browser">Product and version of this server's browser.</param>
    public static ServerRecord? Reference(IEnumerable<ServerRecord> servers, string incarnation, string browser)
    {
        var ready = servers.Where(server => server.State == ServerState.Ready && server.Incarnation != incarnation && server.Browser is not null).ToList();
        return ready.Exists(server => server.Browser == browser) ? null : ready.MinBy(server => server.Queue);
    }

    /// <summary>Chooses pages of every scope in turn, and within a scope at equal distances in the order of their URLs.</summary>
    public static IReadOnlyList<Sample> Choose(IReadOnlyDictionary<string, IReadOnlyList<string>> pages, int count)
    {
        var scopes = pages.Where(scope => scope.Value.Count > 0).OrderBy(scope => scope.Key, StringComparer.Ordinal)
            .Select(scope => (scope.Key, Urls: scope.Value.Order(StringComparer.Ordinal).ToList(), Take: 0)).ToArray();
        for (var left = Math.Min(count, scopes.Sum(scope => scope.Urls.Count)); left > 0;)
        {
            for (var i = 0; i < scopes.Length && left > 0; i++)
            {
                if (scopes[i].Take < scopes[i].Urls.Count)
                {
                    scopes[i].Take++;
                    left--;
                }
            }
        }

        return [.. scopes.SelectMany(scope => Enumerable.Range(0, scope.Take).Select(i => new Sample(scope.Key, scope.Urls[i * scope.Urls.Count / scope.Take])))];
    }

    /// <summary>What is compared of a render: status and formats. Null when the page was not rendered.</summary>
    public static string? TextOf(RenderResult result) => result.Outcome != RenderOutcome.Rendered ? null
        : string.Join('\n', result.Formats.OrderBy(format => format.Key).Select(format => $"{format.Key}: {format.Value}").Prepend($"status: {result.Status}"));

    /// <summary>Compares the first render of each server; null when each must render the page once more.</summary>
    /// <param name="own">This server's render, as <see cref="TextOf"/> returns it.</param>
    /// <param name="other">The other server's render.</param>
    public static SampleResult? Compare(string? own, string? other) =>
        other is null ? SampleResult.NotComparable : own == other ? SampleResult.Equal : null;

    /// <summary>Compares two renders of each server.</summary>
    public static SampleResult Compare((string? First, string? Second) own, (string? First, string? Second) other) =>
        Compare(own.Second, other.Second) is { } result ? result
        : own.First == own.Second && other.First == other.Second ? SampleResult.Different
        : SampleResult.NotComparable;
}
