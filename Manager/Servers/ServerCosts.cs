using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>What a render and a page boot cost on a server, in milliseconds: as the server measured it, or an assumption until it has.</summary>
internal static class ServerCosts
{
    /// <summary>Cost of a render on a server that has not measured it yet.</summary>
    public const double AssumedRenderMs = 200;

    /// <summary>Cost of a page boot on a server that has not measured it yet.</summary>
    public const double AssumedBootMs = 500;

    public static double RenderMs(ServerRecord server) => Measured(server.RecentRenderMs, AssumedRenderMs);

    public static double BootMs(ServerRecord server) => Measured(server.RecentBootMs, AssumedBootMs);

    private static double Measured(double value, double assumed) => double.IsFinite(value) && value > 0 ? value : assumed;
}
