using System.Runtime.InteropServices;

namespace Fleet.Standalone.CommandLine;

/// <summary>Handles Ctrl-C, SIGTERM and SIGHUP. The first signal requests a clean stop; a second one exits at once.</summary>
internal sealed class StopSignals : IDisposable
{
    // One Ctrl-C may arrive twice: from the terminal and from a parent process that forwards it.
    private static readonly TimeSpan s_sameSignal = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _requested = new();
    private readonly TimeProvider _time;
    private readonly Action _exit;
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Lock _gate = new();
    private long? _requestedAt;

    /// <param name="time">Distinguishes a second signal from a duplicate of the first.</param>
    /// <param name="exit">Ends the process.</param>
    public StopSignals(TimeProvider time, Action exit)
    {
        (_time, _exit) = (time, exit);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Receive();
        }))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Handles one signal.</summary>
    internal void Receive()
    {
        lock (_gate)
        {
            if (_requestedAt is { } first)
            {
                if (_time.GetElapsedTime(first) > s_sameSignal)
                {
                    _exit();
                }

                return;
            }

            _requestedAt = _time.GetTimestamp();
        }

        _requested.Cancel();
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _requested.Dispose();
    }
}
