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

    /// <summary>The page changes from render to render, the servers have different host shells, or the other server did not render the page.</summary>
    NotComparable,
}

/// <summary>A render of a sample, as far as it is compared.</summary>
/// <param name="Text">Status and formats.</param>
/// <param name="Shell">Token of the host shell that rendered it; null if there was none.</param>
internal sealed record SampleRender(string Text, string? Shell);

/// <summary>Whether a canary has something to compare with.</summary>
internal enum CanaryNeed
{
    /// <summary>No: a ready server has this browser, so that the browser has been checked or accepted.</summary>
    Accepted,

    /// <summary>No: no other server has another browser.</summary>
    Nothing,

    /// <summary>Not now: servers with another browser are live, and none is ready.</summary>
    NotReady,

    /// <summary>Yes.</summary>
    Compare,
}

/// <summary>The decisions of a canary.</summary>
internal static class CanaryRules
{
    /// <summary>Whether there is something to compare with, and the server: a ready one with another browser.</summary>
    /// <param name="servers">The live servers.</param>
    /// <param name="incarnation">This server.</param>
    /// <param name="browser">Product and version of this server's browser.</param>
    public static (CanaryNeed Need, ServerRecord? Reference) Reference(IEnumerable<ServerRecord> servers, string incarnation, string browser)
    {
        var others = servers.Where(server => server.Incarnation != incarnation && server.State != ServerState.Draining && server.Browser is not null).ToLookup(server => server.Browser == browser);
        return others[true].Any(server => server.State == ServerState.Ready) ? (CanaryNeed.Accepted, null)
            : others[false].Where(server => server.State == ServerState.Ready).MinBy(server => server.Queue) is { } reference ? (CanaryNeed.Compare, reference)
            : (others[false].Any() ? CanaryNeed.NotReady : CanaryNeed.Nothing, null);
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

    /// <summary>The parts of a render that are compared; null when the page was not rendered.</summary>
    public static SampleRender? Of(RenderResult result) => result.Outcome != RenderOutcome.Rendered ? null
        : new(string.Join('\n', result.Formats.OrderBy(format => format.Key).Select(format => $"{format.Key}: {format.Value}").Prepend($"status: {result.Status}")), result.Shell?.Token);

    /// <summary>Compares the first render of each server; null when each must render the page once more.</summary>
    /// <param name="own">This server's render; null if it did not render the page.</param>
    /// <param name="other">The other server's render.</param>
    public static SampleResult? Compare(SampleRender? own, SampleRender? other) =>
        other is null ? SampleResult.NotComparable
        : own?.Text == other.Text ? SampleResult.Equal
        // A deploy of the app reaches one server before the other.
        : own is not null && own.Shell != other.Shell ? SampleResult.NotComparable
        : null;

    /// <summary>Compares two renders of each server.</summary>
    public static SampleResult CompareAgain((SampleRender? First, SampleRender? Second) own, (SampleRender? First, SampleRender? Second) other) =>
        Compare(own.Second, other.Second) is { } result ? result
        : own.First == own.Second && other.First == other.Second ? SampleResult.Different
        : SampleResult.NotComparable;
}
