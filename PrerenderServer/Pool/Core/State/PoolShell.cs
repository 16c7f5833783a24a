using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// The current host shell, and which pages it makes stale. Every slot carries the token of the document that it actually loaded; an unknown
/// token is stale.
/// </summary>
internal sealed class PoolShell(PoolRules rules)
{
    // Tokens of the latest consecutive wrong boots, as long as no two are equal.
    private readonly HashSet<string> _distinctTokens = [];

    /// <summary>The current token; null while none is known, and then no page is stale.</summary>
    public string? Token { get; private set; }

    /// <summary>Its generation; null while none is known.</summary>
    public long? Generation { get; private set; }

    /// <summary>Consecutive boots since this shell became current that loaded another shell or none: the load balancer still serves the old one,
    /// or the host is unreachable.</summary>
    public int WrongBoots { get; private set; }

    /// <summary>Earliest time of the next reload. Set by a new shell, so that servers do not all begin at once, and by a boot that loaded another one.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>Whether the host shell differs on every fetch, so that no page can ever load the current one: a faulty host configuration, not a deploy.</summary>
    public bool IsUnstable => _distinctTokens.Count >= rules.Options.LastResortAfter;

    /// <summary>Records a host shell. An older or equal generation has no effect.</summary>
    /// <param name="shell">The shell.</param>
    /// <param name="begin">When pages may begin to reload.</param>
    public void Learn(HostShell shell, TimeSpan begin)
    {
        if (shell.Generation <= Generation)
        {
            return;
        }

        Generation = shell.Generation;
        if (shell.Token != Token)
        {
            Token = shell.Token;
            Reset(begin);
        }
    }

    /// <summary>Records the shell that a boot loaded.</summary>
    /// <param name="token">Token of the loaded document.</param>
    /// <param name="begunFor">The token that was current when the boot began. A boot that began before a change says nothing about the new shell.</param>
    /// <param name="now">Current pool time.</param>
    public void Booted(string? token, string? begunFor, TimeSpan now)
    {
        if (IsCurrent(token))
        {
            Reset(TimeSpan.Zero);
        }
        else if (begunFor == Token)
        {
            if (token is not null && !_distinctTokens.Add(token) && !IsUnstable)
            {
                _distinctTokens.Clear();
            }

            CountWrongBoot(now);
        }
    }

    /// <summary>Records that a page could not be reloaded and keeps its document.</summary>
    public void NotBooted(string? begunFor, TimeSpan now)
    {
        if (begunFor == Token)
        {
            CountWrongBoot(now);
        }
    }

    public bool IsCurrent(string? token) => Token is null || Token == token;

    /// <summary>Whether a stale page reloads at once on release. While reloads fail it does not, and waits for its turn.</summary>
    public bool ReloadsAtRelease(TimeSpan now) => WrongBoots == 0 || now >= RetryAt;

    /// <summary>Whether a request accepts a page with this token.</summary>
    public bool Accepts(ShellAcceptance accept, string? token) => IsCurrent(token) || rules.AcceptsStale(accept, WrongBoots);

    private void CountWrongBoot(TimeSpan now)
    {
        WrongBoots++;
        RetryAt = now + (IsUnstable ? PoolRules.UnstableShellPause : rules.BackOff(WrongBoots));
    }

    private void Reset(TimeSpan begin)
    {
        (WrongBoots, RetryAt) = (0, begin);
        _distinctTokens.Clear();
    }
}
