using System.Diagnostics;

namespace Fleet.Manager.Telemetry;

/// <summary>Where the manager's spans come from.</summary>
internal static class ManagerActivity
{
    public static ActivitySource Source { get; } = new("Fleet.Manager");
}
