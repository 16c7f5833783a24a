using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Registry.Watching;

namespace Fleet.Manager.HostShells;

/// <summary>Follows each change of the host shell through the fleet, and logs one line when every page has it.</summary>
internal sealed partial class ShellProgress
{
    private readonly ILogger<ShellProgress> _logger;
    private volatile ShellConvergence? _current;
    private HostShell? _shell;
    private HostShell? _replaced;
    private DateTimeOffset? _agreedAt;
    private bool _isUnderWay;

    public ShellProgress(RegistryWatcher<FleetView> watcher, ILogger<ShellProgress> logger)
    {
        _logger = logger;
        watcher.Updated += reading =>
        {
            // A view that may be outdated proves nothing.
            if (reading is { IsVerified: true, Value.Shell: { } shell })
            {
                Observe(shell, reading.Value, reading.ReadAt);
            }
        };
    }

    /// <summary>How far the fleet has converged; null before the first claim.</summary>
    public ShellConvergence? Current => _current;

    // Called only on the watcher's loop.
    private void Observe(HostShell shell, FleetView view, DateTimeOffset readAt)
    {
        var phase = ShellConvergenceRules.Judge(shell, view.Serving.Values, view.Servers.Select(server => server.Record));
        var since = ShellConvergenceRules.Since(_current, _shell, shell, phase, readAt);
        if (_shell is { } known && known.Generation != shell.Generation)
        {
            // A change that follows before the previous one has converged extends it: the log line names the shell before both.
            _replaced = _isUnderWay ? _replaced : known;
            (_isUnderWay, _agreedAt) = (true, null);
        }

        _shell = shell;
        _current = new ShellConvergence(phase, since, view.Serving);
        if (!_isUnderWay)
        {
            return;
        }

        _agreedAt ??= phase == ShellPhase.Rolling ? null : readAt;
        if (phase == ShellPhase.Converged)
        {
            _isUnderWay = false;
            LogConverged(
                shell.Generation, _replaced!.Token, shell.Token, shell.Reporter, shell.ChangedAt,
                Since(_agreedAt), view.Serving.Count, Since(readAt), view.Servers.Count, view.Servers.Sum(server => server.Record.ShellSlots?.Current ?? 0));
        }

        double Since(DateTimeOffset? at) => Math.Max(0, Math.Round(((at ?? readAt) - shell.ChangedAt).TotalSeconds, 2));
    }

    [LoggerMessage(LogLevel.Information, "Host shell generation {Generation} has converged: {Token} replaced {OldToken}, claimed by {Reporter} at {ChangedAt:O}; "
        + "{RealmServers} realm servers agreed after {AgreedSeconds} s; {Servers} prerender servers with {Slots} pages were current after {FreshSeconds} s.")]
    private partial void LogConverged(
        long generation, string oldToken, string token, string reporter, DateTimeOffset changedAt, double agreedSeconds, int realmServers, double freshSeconds, int servers, int slots);
}
