using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>
/// The browser processes, one per generation. They are replaced blue/green: the old process is retired only once the next one is up, and
/// killed once its last slot is closed.
/// </summary>
internal sealed class Browsers(PoolState pool, Leases leases, CloseEscalation escalation, Retirement retirement)
{
    private int _minGeneration = 1;
    private int _newest;
    private int _failures;
    private int _failedLaunches;
    private bool _wasUp;
    private TimeSpan _launchFrom;

    /// <summary>Earliest time of the next launch; <see cref="TimeSpan.MaxValue"/> when none is due.</summary>
    public TimeSpan NextLaunch => NeedsLaunch ? _launchFrom : TimeSpan.MaxValue;

    // Compares generation numbers, so that a recycle survives a failed launch and two requests cause one launch.
    private bool NeedsLaunch =>
        !pool.Stopping &&
        (pool.CurrentGeneration()?.Number ?? 0) < _minGeneration &&
        pool.Generations.TrueForAll(g => g.State != GenerationState.Launching);

    /// <summary>Requests a newer browser than the current one.</summary>
    public void Recycle() => _minGeneration = Math.Max(_minGeneration, (pool.CurrentGeneration()?.Number ?? 0) + 1);

    public void Launched(BrowserLaunched launched)
    {
        if (pool.FindGeneration(launched.Generation) is not { State: GenerationState.Launching } generation)
        {
            return;
        }

        _wasUp = true;
        (generation.State, generation.Deadline) = (GenerationState.Up, TimeSpan.MaxValue);
        foreach (var old in pool.Generations)
        {
            if (old.State == GenerationState.Up && old.Number < generation.Number)
            {
                Retire(old, pool.Rules.Options.DrainDeadline, CloseReason.GenerationRetired);
            }
        }
    }

    public void LaunchFailed(LaunchFailed failed)
    {
        if (pool.FindGeneration(failed.Generation) is { State: GenerationState.Launching } generation)
        {
            FailLaunch(generation, failed.Why);
        }
    }

    /// <summary>A process ended unexpectedly. Its memory counts as used until the kill of its process tree is confirmed.</summary>
    public void Crashed(BrowserCrashed crashed)
    {
        if (pool.FindGeneration(crashed.Generation) is { State: not GenerationState.Killing } generation)
        {
            KillLost(generation, CloseReason.Crashed);
        }
    }

    /// <summary>No process is left: removes the generation and its slots.</summary>
    public void Killed(BrowserKilled killed)
    {
        if (pool.FindGeneration(killed.Generation) is not { State: GenerationState.Killing } generation)
        {
            return;
        }

        for (var i = pool.Slots.Count - 1; i >= 0; i--)
        {
            if (pool.Slots[i].Generation == generation.Number)
            {
                escalation.Forget(pool.Slots[i]);
            }
        }

        pool.Generations.Remove(generation);
    }

    /// <summary>The launch timed out and counts as failed, or the kill is unconfirmed and is repeated.</summary>
    public void Overdue(Generation generation)
    {
        if (generation.State == GenerationState.Launching)
        {
            FailLaunch(
                generation, $"The browser did not start within {pool.Rules.Options.LaunchDeadline.TotalSeconds:0.#} s. The setting is Browser:LaunchTimeout.");
        }
        else
        {
            Kill(generation, CloseReason.ProcessKilled);
        }
    }

    /// <summary>Retires every process. Unlike a recycle, it also closes slots that still boot.</summary>
    public void Stop()
    {
        foreach (var slot in pool.Slots)
        {
            if (slot.State == SlotState.Creating)
            {
                escalation.Close(slot, CloseReason.Stopping);
            }
        }

        foreach (var generation in pool.Generations)
        {
            if (generation.State is GenerationState.Up or GenerationState.Retiring)
            {
                Retire(generation, pool.Rules.Options.StopDeadline, CloseReason.Stopping);
            }
        }
    }

    /// <summary>Kills the processes that are finished and launches the next one if it is due.</summary>
    public void Settle()
    {
        if (pool.CurrentGeneration() is { } current)
        {
            _failures = current.Renders > 0 ? 0 : _failures;
            if (IsWornOut(current))
            {
                Recycle();
            }
        }

        foreach (var generation in pool.Generations)
        {
            if (generation.State == GenerationState.Killing)
            {
                continue;
            }

            if (IsFinished(generation))
            {
                Kill(generation, CloseReason.ProcessKilled);
            }
            else if (HasSlotToKill(generation))
            {
                KillLost(generation, CloseReason.ProcessKilled);
            }
        }

        if (NeedsLaunch && pool.Now >= _launchFrom)
        {
            pool.Generations.Add(new Generation(++_newest, pool.Now) { Deadline = pool.Now + pool.Rules.Options.LaunchDeadline });
            pool.Do(new LaunchBrowser(_newest));
        }
    }

    /// <summary>When this process reaches <see cref="PoolOptions.RetireAfter"/>.</summary>
    public TimeSpan WornOutAt(Generation generation) => generation.BornAt + pool.Rules.Options.RetireAfter;

    private bool IsWornOut(Generation generation) =>
        pool.Now >= WornOutAt(generation) ||
        generation.Renders >= pool.Rules.Options.RetireAfterRenders ||
        (generation.MemoryBytes > pool.Rules.Options.BrowserMemoryMb * 1_000_000L && pool.Now - generation.BornAt >= PoolRules.MinAgeForMemory);

    private bool IsFinished(Generation generation) =>
        generation.Slots == 0 && (generation.State == GenerationState.Retiring || pool.Stopping);

    private bool HasSlotToKill(Generation generation)
    {
        foreach (var slot in pool.Slots)
        {
            if (slot.Generation == generation.Number && slot is { State: SlotState.Closing, Stage: CloseStage.Kill })
            {
                return true;
            }
        }

        return false;
    }

    private void Retire(Generation generation, TimeSpan grace, CloseReason reason)
    {
        generation.State = GenerationState.Retiring;
        foreach (var slot in pool.Slots)
        {
            if (slot.Generation == generation.Number)
            {
                retirement.Retire(slot, grace, reason);
            }
        }
    }

    private void FailLaunch(Generation generation, string why)
    {
        pool.Problem = why;
        KillLost(generation, CloseReason.Crashed);
        if (pool.Rules.GivesUp(_wasUp, ++_failedLaunches) && !pool.Stopping)
        {
            pool.Do(new GiveUpStart($"{why} It was tried {_failedLaunches} times."));
        }
    }

    // If the lost browser rendered nothing, the next launch waits for a back-off.
    private void KillLost(Generation generation, CloseReason reason)
    {
        _launchFrom = generation.Renders > 0 ? pool.Now : pool.Now + pool.Rules.BackOff(++_failures);
        Kill(generation, reason);
    }

    private void Kill(Generation generation, CloseReason reason)
    {
        generation.State = GenerationState.Killing;
        generation.Deadline = PoolTime.After(pool.Now, pool.Rules.KillDeadline(++generation.Kills));
        foreach (var slot in pool.Slots)
        {
            if (slot.Generation == generation.Number)
            {
                if (slot.Lease is not null)
                {
                    leases.End(slot);
                }

                escalation.CloseWithProcess(slot, reason);
            }
        }

        pool.Do(new KillBrowser(generation.Number));
    }
}
