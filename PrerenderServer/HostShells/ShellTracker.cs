using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.Registry.Watching;
using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>The fleet's current host shell as this server knows it. The watcher subscribes, then reads, and reads again at least every 5 s.
/// Each reading goes to the pool, which ignores a generation that it already has.</summary>
internal sealed class ShellTracker
{
    /// <summary>Maximum wait of a render for a new reading, after it proved the last one outdated: 1 s.</summary>
    private static readonly TimeSpan s_catchUpTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Minimum age of a reading before a render may cause another: 100 ms. Requests with wrong generations must not flood the registry.</summary>
    private static readonly TimeSpan s_minReadingAge = TimeSpan.FromMilliseconds(100);

    private readonly RegistryWatcher<HostShell?> _watcher;
    private readonly KnownShells _known = new();
    private readonly TimeProvider _time;
    private readonly AsyncPulse _updated = new();
    private long _updatedAt;

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

            Interlocked.Exchange(ref _updatedAt, time.GetTimestamp());
            _updated.PulseAll();
        };
    }

    /// <summary>The current token; null while it cannot be verified, since the last reading may be outdated.</summary>
    public string? Token => _watcher.Current is { IsVerified: true, Value: { } shell } ? shell.Token : null;

    /// <summary>Describes the shell that a page had loaded, for its result. Compares with the token that is current now, when the result is sent.</summary>
    /// <param name="token">Token of the rendered document; null when it had none.</param>
    /// <param name="tokenAtStart"><see cref="Token"/> when the render began.</param>
    public ShellStamp? Stamp(string? token, string? tokenAtStart) => token is null ? null : new(token, _known.GenerationOf(token), IsSame(Token, token))
    {
        CurrentAtStart = IsSame(tokenAtStart, token),
    };

    /// <summary>Reads again if <paramref name="generation"/> is higher than the known one, and waits up to 1 s for the reading and its delivery
    /// to the pool.</summary>
    public async Task CatchUpAsync(long generation, CancellationToken cancellationToken)
    {
        var next = _updated.Next;
        // While the registry is unreachable, there is nothing to wait for.
        if (_watcher.Current is not { IsVerified: true } reading || reading.Value?.Generation >= generation || _time.GetElapsedTime(Interlocked.Read(ref _updatedAt)) < s_minReadingAge)
        {
            return;
        }

        _watcher.Refresh();
        await next.WaitAsync(s_catchUpTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static bool? IsSame(string? current, string token) => current is null ? null : current == token;
}
