using Fleet.Registry.Watching;
using Fleet.Registry;
using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.RealmServer.Reporting;

/// <summary>Tells the registry something from the moment the server listens, every few seconds and whenever it changed, until it stops.
/// A report that fails is repeated with back-off until it is acknowledged.</summary>
internal abstract partial class HeartbeatService(string subject, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger logger)
    : BackgroundService
{
    private readonly AsyncAutoResetEvent _now = new();
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private int _failures;

    /// <summary>When a report was last acknowledged; null before the first.</summary>
    public DateTimeOffset? AcknowledgedAt { get; private set; }

    /// <summary>Why the latest report failed; null when it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Has the next report made at once.</summary>
    public void TriggerNow() => _now.Set();

    public override void Dispose()
    {
        _oneAtATime.Dispose();
        base.Dispose();
    }

    protected abstract Task SendAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ListeningAsync(stoppingToken);
            while (true)
            {
                await TryReportAsync(stoppingToken);
                await _now.WaitAsync(RegistryPolling.PauseAfter(_failures, Random.Shared.NextDouble()), timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>Reports and lets the caller see what became of it. Never beside another report: the later one must win.</summary>
    protected async Task<T> ReportAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var answer = await send(cancellationToken);
            AcknowledgedAt = timeProvider.GetUtcNow();
            if (Error is not null)
            {
                LogRecovered(logger, subject);
            }

            (Error, _failures) = (null, 0);
            return answer;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task TryReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ReportAsync(async token => { await SendAsync(token); return true; }, stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // A Redis that is away fails every report: the first failure is worth a line.
            if (Error is null)
            {
                LogFailed(logger, e is RegistryUnavailableException ? null : e, subject, e.Message);
            }

            Error = e.Message;
            _failures++;
        }
    }

    private async Task ListeningAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(stoppingToken);
    }

    [LoggerMessage(LogLevel.Warning, "Reporting {Subject} to the registry failed; repeating until it is acknowledged. {Reason}")]
    private static partial void LogFailed(ILogger logger, Exception? exception, string subject, string reason);

    [LoggerMessage(LogLevel.Information, "Reporting {Subject} to the registry works again.")]
    private static partial void LogRecovered(ILogger logger, string subject);
}

/// <summary>This replica's name in the registry: readable, and another one after every start, so that a restarted replica cannot be
/// taken for the one that died.</summary>
internal sealed class RealmInstance(IConfiguration configuration)
{
    public string Name { get; } = $"{configuration["OTEL_SERVICE_NAME"] ?? "realm"}/{Guid.NewGuid().ToString("N")[..8]}";
}
