using Fleet.Contracts;

namespace Fleet.Manager.Dashboard;

/// <summary>The status of the fleet for readers without the admin key: names and counts.</summary>
internal static class PublicFleet
{
    /// <summary>Leaves out the addresses of servers, the allowed origins, users and principals, whose names are ids of people and digests of credentials, and sentences about
    /// the content of pages.</summary>
    public static FleetStatus Of(FleetStatus status) => status with
    {
        Servers = [.. status.Servers.Select(Of)],
        AllowedOrigins = [],
        Alerts = [.. status.Alerts.Select(static alert => alert with { Address = null })],
    };

    /// <summary>The realm of an affinity, without its principal; null for a user.</summary>
    public static string? NameOf(string? affinity) =>
        AffinityKey.TryParse(affinity, out var key) && key.Kind == "realm" ? (key with { Scope = "" }).ToString() : null;

    private static ServerStatus Of(ServerStatus server) => server with
    {
        Record = server.Record with
        {
            Url = "",
            SlotStates = [.. server.Record.SlotStates.Select(static slot => slot with { Affinity = NameOf(slot.Affinity) })],
            NoPaint = Of(server.Record.NoPaint),
            SoftNavigation = Of(server.Record.SoftNavigation),
        },
        Warm = [.. server.Warm.Select(NameOf).OfType<string>().Distinct()],
    };

    // The reason names a route, which may be of a private realm.
    private static RouteLearningStatus? Of(RouteLearningStatus? learning) => learning is null ? null : learning with { Reason = null };
}
