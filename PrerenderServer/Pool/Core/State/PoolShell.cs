using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// Which host shell is current, and what that means for a page. There is no baseline to compare with: every slot carries the token of
/// the document it really loaded, and unknown is not current.
/// </summary>
internal sealed class PoolShell(PoolRules rules)
{
    // Tokens of the latest wrong pageBoot, as long as no two were the same.
    private readonly HashSet<string> _different = [];

    /// <summary>The current token; null while none is known, and then every page will do.</summary>
    public string? Token { get; private set; }

    /// <summary>Its generation; null while none is known.</summary>
    public long? Generation { get; private set; }

    /// <summary>Boots in a row that loaded another shell, or none, since this one became current: the load balancer still serves the old one,
    /// or the host is away.</summary>
    public int WrongBoots { get; private set; }

    /// <summary>No page is reloaded before; set by a new shell, so that servers don't all begin at once, and by a boot that did not load it.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>The host's shell differs on every fetch: no page can ever have the current one. That is a mistake in the host's set-up, no deploy.</summary>
    public bool IsUnstable => _different.Count >= rules.Options.LastResortAfter;

    /// <summary>Takes note of a shell. An older generation, or the same again, changes nothing.</summary>
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

    /// <summary>Takes note of what a boot loaded.</summary>
    /// <param name="token">The token.</param>
    /// <param name="begunFor">The token that was current when the boot began: one that began before a change says nothing about it.</param>
    /// <param name="now">The time.</param>
    public void Booted(string? token, string? begunFor, TimeSpan now)
    {
        if (IsCurrent(token))
        {
            Reset(TimeSpan.Zero);
        }
        else if (begunFor == Token)
        {
            if (token is not null && !_different.Add(token) && !IsUnstable)
            {
                _different.Clear();
            }

            Wrong(now);
        }
    }

    /// <summary>A page could not be reloaded and keeps its old document.</summary>
    public void NotBooted(string? begunFor, TimeSpan now)
    {
        if (begunFor == Token)
        {
            Wrong(now);
        }
    }

    public bool IsCurrent(string? token) => Token is null || Token == token;

    /// <summary>Whether a page that comes back from a render with an old document reloads at once. Not while reloads fail: then it takes its turn.</summary>
    public bool ReloadsAtRelease(TimeSpan now) => WrongBoots == 0 || now >= RetryAt;

    /// <summary>Whether a request takes a page with this token.</summary>
    public bool Accepts(ShellAcceptance accept, string? token) => IsCurrent(token) || rules.AcceptsStale(accept, WrongBoots);

    private void Wrong(TimeSpan now)
    {
        WrongBoots++;
        RetryAt = now + (IsUnstable ? PoolRules.UnstableShellPause : rules.BackOff(WrongBoots));
    }

    private void Reset(TimeSpan begin)
    {
        (WrongBoots, RetryAt) = (0, begin);
        _different.Clear();
    }
}
