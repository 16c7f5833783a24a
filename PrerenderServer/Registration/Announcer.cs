using Fleet.Contracts;
using Fleet.PrerenderServer.Api;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Servers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Keeps this server in the registry: on each change, but not more often than the pace, and at least as often as the registry's time
/// to live wants it. On stop: announces draining, lets visits finish, and unregisters.</summary>
internal sealed partial class Announcer(
    IServerRegistry registry,
    IWarmAffinities warm,
    IPagePool pool,
    Admission admission,
    RenderMetrics metrics,
    ServerIdentity server,
    ServerAddress address,
    IHostApplicationLifetime lifetime,
    IOptions<RegistrationOptions> options,
    IOptions<PoolOptions> poolOptions,
    TimeProvider time,
    ILogger<Announcer> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_unregisterTimeout = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _version;
    private bool _away;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before anything stops: the listener is still open, so late callers are told rather than refused.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var drained = admission.DrainAsync();
        LogDraining(admission.InFlight);
        var start = time.GetTimestamp();
        try
        {
            await TryAnnounceAsync(cancellationToken).ConfigureAwait(false);
            await drained.WaitAsync(options.Value.DrainTimeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogDrainOverdue(admission.InFlight, time.GetElapsedTime(start).TotalSeconds, options.Value.DrainTimeout);
        }
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await registry.RemoveAsync(server.Incarnation, cancellationToken).WaitAsync(s_unregisterTimeout, time, cancellationToken).ConfigureAwait(false);
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
        await WaitForListenerAsync(stoppingToken).ConfigureAwait(false);
        Announcement? announced = null;
        var at = time.GetTimestamp();
        while (true)
        {
            var now = Announcement.Of(pool.Snapshot, admission.IsDraining);
            if (now != announced || time.GetElapsedTime(at) >= RegistryTtl.Repeat - s_pace)
            {
                at = time.GetTimestamp();
                announced = await TryAnnounceAsync(stoppingToken).ConfigureAwait(false) ? now : null;
            }

            await Task.Delay(announced is null ? RegistryTtl.Repeat / 5 : s_pace, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        if (address.Url is not { } url)
        {
            return false;
        }

        // The loop and the drain both write; a record with a higher version must not be written first.
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var snapshot = pool.Snapshot;
            await registry.AnnounceAsync(Record(snapshot, url), cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            await warm.ReplaceAsync(server.Incarnation, snapshot.Warm.ToDictionary(a => a, _ => now), cancellationToken).ConfigureAwait(false);
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

            _away = true;
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    private ServerRecord Record(PoolSnapshot snapshot, string url)
    {
        var said = Announcement.Of(snapshot, admission.IsDraining);
        return new()
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
    }

    private async Task WaitForListenerAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult()).ConfigureAwait(false);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Information, "Stopping: letting {InFlight} visits finish.")]
    private partial void LogDraining(int inFlight);

    [LoggerMessage(LogLevel.Warning, "Stopping although {InFlight} visits are still under way after {Seconds:0.0} s (Registration:DrainTimeout is {Timeout}).")]
    private partial void LogDrainOverdue(int inFlight, double seconds, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "This server cannot be announced, and managers will forget it: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "This server is announced again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Warning, "This server could not be unregistered; the registry forgets it within {TimeToLive}: {Reason}")]
    private partial void LogNotRemoved(TimeSpan timeToLive, string reason);
}
