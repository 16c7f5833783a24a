using Fleet.Registry;
using Fleet.Registry.Reporting;
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
    ILogger<Announcer> logger) : HeartbeatService("this server", lifetime, time, logger), IHostedLifecycleService
{
    private static readonly TimeSpan s_minInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_unregisterTimeout = TimeSpan.FromSeconds(3);
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private volatile Announcement? _announced;
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
            await TryReportAsync(cancellationToken);
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
            await registry.RemoveAsync(server.Incarnation, cancellationToken).WaitAsync(s_unregisterTimeout, _time, cancellationToken);
        }
        catch (Exception e) when (e is RegistryUnavailableException or TimeoutException or OperationCanceledException)
        {
            LogNotRemoved(RegistryTtl.Server, e.Message);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(base.ExecuteAsync(stoppingToken), ReportChangesAsync(stoppingToken));

    protected override async Task SendAsync(CancellationToken cancellationToken)
    {
        if (!server.IsListening)
        {
            return;
        }

        var (announcement, snapshot) = server.Current;
        _announced = announcement;
        // The load changes with every render, the warm list rarely. Rewrite an unchanged list with each heartbeat, before it expires, and after a failure.
        var isWarmWritten = announcement.Warm == _warmWritten && _time.GetElapsedTime(_warmWrittenAt) < RegistryTtl.Repeat / 2;
        _warmWritten = null;
        await registry.AnnounceAsync(server.NextRecord(announcement, snapshot), cancellationToken);
        if (!isWarmWritten)
        {
            await warm.ReplaceAsync(server.Incarnation, snapshot.Warm.ToHashSet(StringComparer.Ordinal), cancellationToken);
            _warmWrittenAt = _time.GetTimestamp();
        }

        _warmWritten = announcement.Warm;
    }

    private async Task ReportChangesAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = drain.Changed.Next;
            // While reports fail, the heartbeat's back-off determines when the next one is sent.
            if (Error is null && _announced is { } announced && announced != server.Current.Announcement)
            {
                TriggerNow();
            }

            // A drain or undrain by an operator ends the wait, so it is announced at once.
            await changed.WaitAsync(s_minInterval, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Could not unregister this server; its registration expires within {TimeToLive}: {Reason}")]
    private partial void LogNotRemoved(TimeSpan timeToLive, string reason);
}
