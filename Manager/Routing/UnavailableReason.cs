using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Routing;

/// <summary>Explains to the caller why no server is available.</summary>
internal static class UnavailableReason
{
    private static readonly TimeSpan s_shortRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_nextHeartbeat = Registry.RegistryTtl.Repeat;

    public static RenderError Explain(FleetView view, bool wasRead)
    {
        int Count(ServerState state) => view.Servers.Count(server => server.Record.State == state);
        var (warming, draining) = (Count(ServerState.Warming), Count(ServerState.Draining));
        return view.Servers.Count switch
        {
            0 when !wasRead => Error("no-servers", "The registry has not been read yet, so no server is known. Is Redis running (ConnectionStrings:redis)?", s_nextHeartbeat),
            0 => Error("no-servers", "No prerender server is registered.", s_nextHeartbeat),
            _ when warming > 0 => Error("warming", $"No prerender server is ready yet: {warming} of {view.Servers.Count} are still starting.", s_shortRetry),
            var all when draining == all => Error("draining", $"All {all} prerender servers are draining.", s_nextHeartbeat),
            var all => Error("no-servers", $"None of {all} registered prerender servers can be reached.", s_nextHeartbeat),
        };
    }

    /// <summary>The error when no realm is known, but one may still be announced.</summary>
    public static RenderError NoRealms(bool wasRead) => wasRead
        ? Error("warming", "This manager has just started and no realm is announced yet. Is the realm server running?", s_nextHeartbeat)
        : Explain(FleetView.Empty, wasRead);

    private static RenderError Error(string reason, string detail, TimeSpan retryAfter) => new(503, reason, detail) { RetryAfter = retryAfter };
}
