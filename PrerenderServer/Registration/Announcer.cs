using Fleet.Registry;
using Fleet.Registry.Servers;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Keeps this server in the registry. Announces each change, at most every 200 ms, and repeats the announcement before the registry's
/// time to live ends. On stop, starts the drain and announces it, and unregisters after it.</summary>
internal sealed partial class Announcer(
    IServerRegistry registry,
    IWarmAffinities warm,
    AnnouncementSource server,
    RequestDrain drain,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<Announcer> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan s_minInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_unregisterTimeout = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private bool _isUnavailable;
    private string? _warmWritten;
    private long _warmWrittenAt;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the drain and announces it before the host waits for it, so that managers send new renders elsewhere.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Stop();
        try
        {
            await TryAnnounceAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host's stop timeout has passed. Managers notice the drain when this server rejects a render.
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
            var now = server.Current.Announcement;
            if (now != announced || time.GetElapsedTime(at) >= RegistryTtl.Repeat - s_minInterval)
            {
                at = time.GetTimestamp();
                announced = await TryAnnounceAsync(stoppingToken) ? now : null;
            }

            // A drain or undrain by an operator ends the wait, so it is announced at once.
            await changed.WaitAsync(announced is null ? RegistryTtl.Repeat / 5 : s_minInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        if (!server.IsListening)
        {
            return false;
        }

        // The loop and the stop both write; records must be written in the order of their versions.
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var (announcement, snapshot) = server.Current;
            await registry.AnnounceAsync(server.NextRecord(announcement, snapshot), cancellationToken);
            // The load changes with every render, the warm list rarely. Rewrite an unchanged list with each heartbeat, before it expires.
            if (announcement.Warm != _warmWritten || time.GetElapsedTime(_warmWrittenAt) >= RegistryTtl.Repeat / 2)
            {
                _warmWritten = null;
                await warm.ReplaceAsync(server.Incarnation, snapshot.Warm.ToHashSet(StringComparer.Ordinal), cancellationToken);
                (_warmWritten, _warmWrittenAt) = (announcement.Warm, time.GetTimestamp());
            }

            if (_isUnavailable)
            {
                LogAnnouncedAgain();
            }

            _isUnavailable = false;
            return true;
        }
        catch (RegistryUnavailableException e)
        {
            if (!_isUnavailable)
            {
                LogUnavailable(e.Message);
            }

            (_isUnavailable, _warmWritten) = (true, null);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WaitForListenerAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
    }

    [LoggerMessage(LogLevel.Warning, "This server cannot be announced, so its registration will expire: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(LogLevel.Information, "This server is announced again.")]
    private partial void LogAnnouncedAgain();

    [LoggerMessage(LogLevel.Warning, "Could not unregister this server; its registration expires within {TimeToLive}: {Reason}")]
    private partial void LogNotRemoved(TimeSpan timeToLive, string reason);
}
