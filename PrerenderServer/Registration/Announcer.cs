using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.Registry;
using Fleet.Registry.Servers;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Keeps this server in the registry: on each change, but not more often than the pace, and at least as often as the registry's time
/// to live wants it. On stop: announces draining before visits are let finish, and unregisters after.</summary>
internal sealed partial class Announcer(
    IServerRegistry registry,
    IWarmAffinities warm,
    IPagePool pool,
    RequestDrain drain,
    RenderMetrics metrics,
    ServerIdentity server,
    ServerAddress address,
    IHostApplicationLifetime lifetime,
    IOptions<PoolOptions> poolOptions,
    TimeProvider time,
    ILogger<Announcer> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_unregisterTimeout = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _version;
    private bool _away;
    private string? _warmWritten;
    private long _warmWrittenAt;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before the drain is waited for: managers send their renders elsewhere meanwhile.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Stop();
        try
        {
            await TryAnnounceAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host is in a hurry; managers learn it from the first render that this server rejects.
        }
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await registry.RemoveAsync(server.Incarnation, cancellationToken).WaitAsync(s_unregisterTimeout, time, cancellationToken);
        }
        catch (Exception e) when (e is RegistryUnavailableException or TimeoutException or OperationCanceledException)
        {
            LogNotRemoved(RegistryTtl.Server, e.Message);
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WaitForListenerAsync(stoppingToken);
        Announcement? announced = null;
        var at = time.GetTimestamp();
        while (true)
        {
            var changed = drain.Changed.Next;
            var now = Announcement.Of(pool.Snapshot, drain.IsDraining);
            if (now != announced || time.GetElapsedTime(at) >= RegistryTtl.Repeat - s_pace)
            {
                at = time.GetTimestamp();
                announced = await TryAnnounceAsync(stoppingToken) ? now : null;
            }

            // An operator's drain or undrain is announced at once.
            await changed.WaitAsync(announced is null ? RegistryTtl.Repeat / 5 : s_pace, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        if (address.Url is not { } url)
        {
            return false;
        }

        // The loop and the drain both write; a record with a higher version must not be written first.
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var snapshot = pool.Snapshot;
            var said = Announcement.Of(snapshot, drain.IsDraining);
            await registry.AnnounceAsync(Record(snapshot, said, url), cancellationToken);
            // Loads change with every render, the warm list with few. It is repeated with each heartbeat, before the registry forgets it.
            if (said.Warm != _warmWritten || time.GetElapsedTime(_warmWrittenAt) >= RegistryTtl.Repeat / 2)
            {
                var now = time.GetUtcNow();
                _warmWritten = null;
                await warm.ReplaceAsync(server.Incarnation, snapshot.Warm.ToDictionary(a => a, _ => now), cancellationToken);
                (_warmWritten, _warmWrittenAt) = (said.Warm, time.GetTimestamp());
            }

            if (_away)
            {
                LogBack();
            }

            _away = false;
            return true;
        }
        catch (RegistryUnavailableException e)
        {
            if (!_away)
            {
                LogAway(e.Message);
            }

            (_away, _warmWritten) = (true, null);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    private ServerRecord Record(PoolSnapshot snapshot, Announcement said, string url) => new()
    {
        Incarnation = server.Incarnation,
        Name = server.Name,
        Url = url,
        State = said.State,
        Version = ++_version,
        Slots = said.Slots,
        Free = said.Free,
        Queue = said.Queue,
        RendersPerAffinity = poolOptions.Value.RendersPerAffinity,
        RecentRenderMs = Math.Round(metrics.RecentMs, 2),
        RecentBootMs = Math.Round(snapshot.Totals.RecentBoot.TotalMilliseconds, 2),
        ShellSlots = said.ShellSlots,
        Shells = Announcement.ShellsOf(snapshot),
    };

    private async Task WaitForListenerAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
    }

    [LoggerMessage(LogLevel.Warning, "This server cannot be announced, and managers will forget it: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "This server is announced again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Warning, "This server could not be unregistered; the registry forgets it within {TimeToLive}: {Reason}")]
    private partial void LogNotRemoved(TimeSpan timeToLive, string reason);
}
