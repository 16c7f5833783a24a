using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.Registry.Watching;
using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>The fleet's current host shell as this server knows it. The watcher subscribes, then reads, and reads again at least every 5 s;
/// each reading goes to the pool, which ignores what it knows.</summary>
internal sealed class ShellTracker
{
    /// <summary>How long a render waits at most for a reading that it has proved to be old.</summary>
    private static readonly TimeSpan s_catchUp = TimeSpan.FromSeconds(1);

    /// <summary>A reading of this age is not repeated for a render: a sender out of its mind must not become a stream of reads.</summary>
    private static readonly TimeSpan s_freshEnough = TimeSpan.FromMilliseconds(100);

    private readonly RegistryWatcher<HostShell?> _watcher;
    private readonly KnownShells _known = new();
    private readonly TimeProvider _time;
    private readonly AsyncPulse _read = new();

    public ShellTracker(RegistryWatcher<HostShell?> watcher, IPagePool pool, TimeProvider time)
    {
        (_watcher, _time) = (watcher, time);
        watcher.Updated += reading =>
        {
            if (reading.Value is { } shell)
            {
                _known.Add(shell);
                pool.ShellChanged(shell);
            }

            _read.PulseAll();
        };
    }

    /// <summary>The current token; null while it cannot be verified, since the last thing heard may be old.</summary>
    public string? Token => _watcher.Current is { IsVerified: true, Value: { } shell } ? shell.Token : null;

    /// <summary>What a result says of the shell that its page had loaded. The comparison is made now, when the result is sent.</summary>
    /// <param name="token">Token of the document that rendered; null when it had none.</param>
    /// <param name="tokenAtStart"><see cref="Token"/> when the render began.</param>
    public ShellStamp? Stamp(string? token, string? tokenAtStart) => token is null ? null : new(token, _known.GenerationOf(token), Same(Token, token))
    {
        CurrentAtStart = Same(tokenAtStart, token),
    };

    /// <summary>Reads again, and waits for that within bounds, when somebody knows of a higher generation than this server does. On return the
    /// pool has been told.</summary>
    public async Task CatchUpAsync(long generation, CancellationToken cancellationToken)
    {
        var next = _read.Next;
        // While the registry is away there is nothing to wait for.
        if (_watcher.Current is not { IsVerified: true } reading || reading.Value?.Generation >= generation || _time.GetUtcNow() - reading.ReadAt < s_freshEnough)
        {
            return;
        }

        _watcher.Refresh();
        await next.WaitAsync(s_catchUp, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static bool? Same(string? current, string token) => current is null ? null : current == token;
}
