using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Routing;

/// <summary>Why no server can be chosen, said to the caller.</summary>
internal static class UnavailableReason
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_nextHeartbeat = Registry.RegistryTtl.Repeat;

    public static RenderError Explain(FleetView view, bool wasRead)
    {
        int Count(ServerState state) => view.Servers.Count(server => server.Record.State == state);
        var (warming, draining) = (Count(ServerState.Warming), Count(ServerState.Draining));
        return view.Servers.Count switch
        {
            0 when !wasRead => Refuse("no-servers", "The registry could not be read yet, so no server is known. Is Redis up (ConnectionStrings:redis)?", s_nextHeartbeat),
            0 => Refuse("no-servers", "No prerender server is registered.", s_nextHeartbeat),
            _ when warming > 0 => Refuse("warming", $"No prerender server is ready yet: {warming} of {view.Servers.Count} are still starting.", s_soon),
            var all when draining == all => Refuse("draining", $"All {all} prerender servers are draining.", s_nextHeartbeat),
            var all => Refuse("no-servers", $"None of {all} registered prerender servers can be reached.", s_nextHeartbeat),
        };
    }

    /// <summary>No realm is known, and it may be that it only is not announced again yet.</summary>
    public static RenderError NoRealms(bool wasRead) => wasRead
        ? Refuse("warming", "This manager has just started and no realm is announced yet. Is the realm server up?", s_nextHeartbeat)
        : Explain(FleetView.Empty, wasRead);

    private static RenderError Refuse(string reason, string detail, TimeSpan retryAfter) => new(503, reason, detail) { RetryAfter = retryAfter };
}
