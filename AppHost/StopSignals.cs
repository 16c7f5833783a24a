using System.Runtime.InteropServices;
using Fleet.AppHost.Output;

namespace Fleet.AppHost;

/// <summary>Ctrl-C, SIGTERM and the closing of the terminal. The first asks to stop in order, a second one at once.</summary>
internal sealed class StopSignals : IDisposable
{
    // One Ctrl-C may arrive twice: from the terminal and from whoever passes it on.
    private static readonly TimeSpan s_same = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly IFleetOutput _output;
    private readonly TimeProvider _time;
    private readonly List<PosixSignalRegistration> _registrations;

    private long _firstAt;

    public StopSignals(IFleetOutput output, TimeProvider time)
    {
        (_output, _time) = (output, time);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
            .Select(signal => PosixSignalRegistration.Create(signal, On))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken First => _first.Token;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>Asks to stop without a signal.</summary>
    public void Stop() => _first.Cancel();

    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        _first.Dispose();
        _second.Dispose();
    }

    private void On(PosixSignalContext signal)
    {
        // This process ends by itself when its children have.
        signal.Cancel = true;
        if (_first.IsCancellationRequested)
        {
            if (_time.GetElapsedTime(Interlocked.Read(ref _firstAt)) > s_same)
            {
                _second.Cancel();
            }

            return;
        }

        Interlocked.Exchange(ref _firstAt, _time.GetTimestamp());
        _output.Say("Stopping: renders that run may finish. Once more kills them.");
        _first.Cancel();
    }
}
