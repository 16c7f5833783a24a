using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Painting;
using Fleet.PrerenderServer.Rendering.Soft;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Registration;

/// <summary>The record that this server announces.</summary>
internal sealed class AnnouncementSource(
    IPagePool pool, IBrowserAdapter browser, RequestDrain drain, RenderMetrics metrics, PaintControl painting, SoftControl soft, ServerIdentity server, ServerAddress address, ReadinessHold hold,
    IOptions<PoolOptions> poolOptions)
{
    private long _version;

    /// <summary>Id of this process.</summary>
    public string Incarnation => server.Incarnation;

    /// <summary>Whether the address of this server is known.</summary>
    public bool IsListening => address.Url is not null;

    /// <summary>Product and version of the browser; null before the first launch.</summary>
    public string? Browser => browser.Product;

    /// <summary>Whether the pool is ready, even if something else holds the server.</summary>
    public bool IsPoolReady => Readiness.IsReady(pool.Snapshot);

    /// <summary>The announcement, and the state of the pool that it was taken from.</summary>
    public (Announcement Announcement, PoolSnapshot Snapshot) Current
    {
        get
        {
            var snapshot = pool.Snapshot;
            var announcement = Announcement.Of(snapshot, drain.IsDraining);
            return (announcement.State == ServerState.Ready && hold.Reason is not null ? announcement with { State = ServerState.Warming } : announcement, snapshot);
        }
    }

    /// <summary>The record of this server for the registry, each with a higher version than the one before.</summary>
    public ServerRecord NextRecord(Announcement announcement, PoolSnapshot snapshot) => new()
    {
        Incarnation = server.Incarnation,
        Name = server.Name,
        Url = address.Url!,
        State = announcement.State,
        Version = ++_version,
        Slots = announcement.Slots,
        Free = announcement.Free,
        Queue = announcement.Queue,
        RendersPerAffinity = poolOptions.Value.RendersPerAffinity,
        RecentRenderMs = Math.Round(metrics.RecentMs, 2),
        RecentBootMs = Math.Round(snapshot.Totals.RecentBoot.TotalMilliseconds, 2),
        BootAgeSeconds = (int?)snapshot.Totals.BootAge?.TotalSeconds,
        ShellSlots = announcement.ShellSlots,
        Shells = Announcement.ShellsOf(snapshot),
        SlotStates = [.. snapshot.Slots.Take(ServerRecord.MaxSlotStates).Select(Describe)],
        MemoryMb = Megabytes(snapshot.Totals.MemoryBytes),
        Browser = browser.Product,
        NoPaint = painting.Status(snapshot.Totals.ShellToken),
        SoftNavigation = soft.IsEnabled ? soft.Status() : null,
    };

    private static SlotStatus Describe(SlotSnapshot slot) => new(slot.Slot, JsonNamingPolicy.CamelCase.ConvertName(slot.State.ToString()))
    {
        Affinity = slot.Affinity,
        AgeSeconds = (int)slot.Age.TotalSeconds,
        Renders = slot.Renders,
        MemoryMb = Megabytes(slot.MemoryBytes),
        Shell = slot.ShellToken,
    };

    private static int Megabytes(long bytes) => (int)Math.Min(int.MaxValue, bytes / 1_000_000);
}
