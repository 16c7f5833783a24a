using System.Diagnostics;

namespace Fleet.RealmServer.Rendering;

/// <summary>The source of the realm server's spans.</summary>
internal static class RealmActivity
{
    public static ActivitySource Source { get; } = new("Fleet.RealmServer");
}
