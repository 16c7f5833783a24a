using Fleet.Registry.Watching;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Reporting;

/// <summary>Reports to the registry from when the server listens until it stops: every few seconds, and immediately when triggered.
/// A failed report is repeated with back-off until it is acknowledged.</summary>
public abstract partial class HeartbeatService(string subject, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger logger)
    : BackgroundService
{
    private readonly AsyncAutoResetEvent _triggered = new();
    private readonly SemaphoreSlim _sendLock = new(1, 1);
    private int _failures;

    /// <summary>When a report was last acknowledged, as <see cref="MonotonicTime"/>; null before the first.</summary>
    public TimeSpan? AcknowledgedAt { get; private set; }

    /// <summary>Why the latest report failed; null if it succeeded.</summary>
    public string? Error { get; private set; }

    /// <summary>Triggers a report immediately.</summary>
    public void TriggerNow() => _triggered.Set();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _sendLock.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends one report.</summary>
    protected abstract Task SendAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await WaitUntilListeningAsync(stoppingToken);
            while (true)
            {
                await TryReportAsync(stoppingToken);
                await _triggered.WaitAsync(RegistryPolling.PauseAfter(_failures, Random.Shared.NextDouble()), timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    /// <summary>Sends a report and returns its result. Reports never overlap, so that the latest one wins.</summary>
    protected async Task<T> ReportAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        await _sendLock.WaitAsync(cancellationToken);
        try
        {
            var answer = await send(cancellationToken);
            AcknowledgedAt = timeProvider.GetMonotonicTime();
            if (Error is not null)
            {
                LogRecovered(logger, subject);
            }

            (Error, _failures) = (null, 0);
            return answer;
        }
        finally
        {
            _sendLock.Release();
        }
    }

    /// <summary>Sends a report. Logs the first of consecutive failures.</summary>
    protected async Task TryReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ReportAsync(async token => { await SendAsync(token); return true; }, stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // While Redis is unavailable every report fails; log only the first failure.
            if (Error is null)
            {
                LogFailed(logger, e is RegistryUnavailableException ? null : e, subject, e.Message);
            }

            Error = e.Message;
            _failures++;
        }
    }

    private async Task WaitUntilListeningAsync(CancellationToken stoppingToken)
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
