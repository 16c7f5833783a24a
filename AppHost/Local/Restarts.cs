using Fleet.AppHost.Output;

namespace Fleet.AppHost.Local;

/// <summary>Starts resources again that ended without being asked, each with its own back-off.</summary>
internal sealed class Restarts(IFleetOutput output, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, int> _attempts = [];
    private readonly Dictionary<string, Task> _waiting = [];

    /// <summary>Takes note of an end.</summary>
    public void Ended(LocalProcess process, int exitCode)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var attempt = RestartDelay.NextAttempt(_attempts.GetValueOrDefault(process.Name), time.GetUtcNow() - process.StartedAt);
            var delay = RestartDelay.For(attempt);
            _attempts[process.Name] = attempt;
            output.Say($"{process.Name} ended unasked with exit code {exitCode}. Starting it again in {delay.TotalSeconds:0} s; the others go on.");
            _waiting[process.Name] = StartLaterAsync(process, delay);
        }
    }

    /// <summary>Starts nothing any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] waiting;
        lock (_gate)
        {
            _stopping.Cancel();
            waiting = [.. _waiting.Values];
        }

        await Task.WhenAll(waiting).ConfigureAwait(false);
    }

    private async Task StartLaterAsync(LocalProcess process, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, _stopping.Token).ConfigureAwait(false);
            await process.Exit.WaitAsync(_stopping.Token).ConfigureAwait(false);
            process.Start();
            output.Say($"{process.Name} is started again, as process {process.Id}.");
        }
        catch (OperationCanceledException)
        {
            // The fleet stops.
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            output.Say($"{process.Name} cannot be started again: {e.Message}");
        }
    }
}
