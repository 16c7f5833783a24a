using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Manager.Telemetry;
using Fleet.Registry;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Concurrency;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Jobs;

/// <summary>
/// Works on the jobs of the fleet, the oldest first, beside the other managers: it claims each URL, and renews the claim until the URL is done. When this manager is killed, its claims
/// expire and other managers take over the URLs; when it stops, it releases the claims.
/// </summary>
internal sealed partial class JobRunner(
    IJobStore store, JobUrls urls, JobLists lists, ManagerMetrics metrics, IOptions<JobsOptions> options, TimeProvider timeProvider, ILogger<JobRunner> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How long a claim lasts without renewal: two renewals may fail.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>Interval of the renewals, which also detect a cancelled job.</summary>
    private static readonly TimeSpan s_renew = TimeSpan.FromSeconds(5);

    /// <summary>Interval of the search for work. The end of a URL starts a search at once.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>How long this manager waits for the release of its claims when it stops.</summary>
    private static readonly TimeSpan s_release = TimeSpan.FromSeconds(5);

    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5));

    private readonly ConcurrentDictionary<(string Job, int Index), JobWork> _running = new();
    private readonly Dictionary<string, JobRecord> _known = new(StringComparer.Ordinal);
    private readonly AsyncAutoResetEvent _wake = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    /// <summary>Searches for work at once. Called when a job was created.</summary>
    public void Wake() => _wake.Set();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // With MaxConcurrency 0 this manager runs no jobs.
        _loops = options.Value.MaxConcurrency == 0 ? Task.CompletedTask : Task.WhenAll(
            RepeatAsync(ClaimAsync, s_look, _wake), RepeatAsync(RenewAsync, s_renew, new()), RepeatAsync(RemoveOldAsync, s_tidy, new()));
        return Task.CompletedTask;
    }

    /// <summary>Runs before the manager waits for its renders: another manager repeats those of jobs.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([_loops, .. _running.Values.Select(static work => work.Done)]).WaitAsync(s_release, timeProvider, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task RepeatAsync(Func<CancellationToken, Task> run, TimeSpan interval, AsyncAutoResetEvent wake)
    {
        var token = _stopping.Token;
        var failures = 0;
        try
        {
            while (true)
            {
                try
                {
                    await run(token);
                    failures = 0;
                }
                catch (RegistryUnavailableException e)
                {
                    if (failures++ == 0)
                    {
                        LogAway(e.Message);
                    }
                }
                catch (Exception e) when (!token.IsCancellationRequested)
                {
                    // A fault in the records of one job must not stop the others.
                    failures++;
                    LogBroken(e);
                }

                // A wake-up must not turn failures into a busy loop.
                await (failures > 0 ? Task.Delay(s_backoff.After(failures), timeProvider, token) : wake.WaitAsync(interval, timeProvider, token));
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The manager stops.
        }
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var active = await store.ListActiveAsync(cancellationToken);
        foreach (var ended in _known.Keys.Except(active).ToList())
        {
            _known.Remove(ended);
            if (await store.GetAsync(ended, cancellationToken) is { } job)
            {
                LogEnded(job.Id, job.Definition.Kind, job.State, job.Succeeded, job.Failed, job.Skipped, job.Total, job.Detail ?? "");
            }
            else
            {
                LogLost(ended);
            }
        }

        foreach (var id in active.Where(id => !_known.ContainsKey(id)))
        {
            // A job of a later version, or without a valid signature, is not run here.
            if (await store.GetAsync(id, cancellationToken) is { } read)
            {
                _known[id] = read;
            }
        }

        // A publication has a time-out, so it does not wait for the end of older jobs.
        foreach (var job in active.Where(_known.ContainsKey).Select(id => _known[id]).OrderBy(static job => job.Definition.Publication is null))
        {
            var id = job.Id;
            if (timeProvider.GetUtcNow() - job.CreatedAt > options.Value.MaxDuration)
            {
                await store.EndAsync(id, JobState.Failed, "too-long", $"It did not end within {options.Value.MaxDuration} (Jobs:MaxDuration).", options.Value.Keep, cancellationToken);
                continue;
            }

            var free = options.Value.MaxConcurrency - _running.Count;
            if (free <= 0)
            {
                return;
            }

            var ofJob = Math.Min(job.Definition.Request.Concurrency ?? int.MaxValue, options.Value.Concurrency);
            foreach (var claim in await store.ClaimAsync(id, Guid.NewGuid().ToString("N"), Math.Min(free, ofJob), ofJob, Lease, cancellationToken))
            {
                Begin(job, claim);
            }
        }
    }

    private void Begin(JobRecord job, JobClaim claim)
    {
        var work = new JobWork(job.Id, claim, CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
        // While Redis was away, a claim may have expired although this manager still works on the URL. It may then claim the URL again.
        if (_running.TryGetValue((job.Id, claim.Index), out var lost))
        {
            lost.Cancel();
        }

        _running[(job.Id, claim.Index)] = work;
        work.Done = WorkAsync(job, work);
    }

    private async Task WorkAsync(JobRecord job, JobWork work)
    {
        await Task.Yield();
        try
        {
            await (work.Claim.Item.IsList ? ListAsync(job, work) : RunAsync(job, work));
        }
        catch (OperationCanceledException) when (work.Token.IsCancellationRequested)
        {
            if (_stopping.IsCancellationRequested)
            {
                await ReleaseAsync(work);
            }
        }
        catch (Exception e)
        {
            // The claim ends, and the URL is tried again or listed as abandoned.
            LogUnexpected(e, job.Id, work.Claim.Item.Url);
        }
        finally
        {
            _running.TryRemove(new((job.Id, work.Claim.Index), work));
            work.Dispose();
            _wake.Set();
        }
    }

    private async Task RunAsync(JobRecord job, JobWork work)
    {
        var (result, links) = await urls.RunAsync(job, work.Claim, work.Token);
        if (links.Count > 0 && !await KeepTryingAsync(() => store.AddAsync(job.Id, work.Claim, links, job.Definition.Request.MaxUrls ?? JobLimits.MaxUrls, work.Token), work.Token))
        {
            return;
        }

        if (await KeepTryingAsync(() => store.CompleteAsync(job.Id, work.Claim, result, _isFull ? 0 : options.Value.MaxResultBytes, options.Value.Keep, work.Token), work.Token))
        {
            metrics.JobUrlDone(job.Definition.Kind, result.Outcome);
        }
    }

    private async Task ListAsync(JobRecord job, JobWork work)
    {
        if (work.Claim.Attempt > JobUrlRules.MaxClaims)
        {
            await KeepTryingAsync(
                () => store.EndAsync(
                    job.Id, JobState.Failed, "abandoned", $"Managers ended or failed {JobUrlRules.MaxClaims} times while they read the list of its URLs.", options.Value.Keep, work.Token),
                work.Token);
            return;
        }

        try
        {
            var (isHeld, problem) = await KeepTryingAsync(() => lists.AddAsync(job, work.Claim, work.Token), work.Token);
            if (isHeld)
            {
                await KeepTryingAsync(() => store.CompleteListAsync(job.Id, work.Claim, problem, options.Value.Keep, work.Token), work.Token);
            }
        }
        catch (RequestException e)
        {
            await KeepTryingAsync(() => store.EndAsync(job.Id, JobState.Failed, e.Reason, e.Message, options.Value.Keep, work.Token), work.Token);
        }
    }

    // The work is done: a short outage of Redis must not discard it. If the claim was lost meanwhile, the call does nothing.
    private async Task<T> KeepTryingAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await call();
            }
            catch (RegistryUnavailableException)
            {
                await Task.Delay(s_backoff.After(failures), timeProvider, cancellationToken);
            }
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        foreach (var job in _running.Values.GroupBy(static work => work.Job))
        {
            var state = await store.RenewAsync(job.Key, [.. job.Select(static work => work.Claim)], Lease, cancellationToken);
            if (state is not (JobState.Queued or JobState.Running))
            {
                job.ToList().ForEach(static work => work.Cancel());
            }
        }
    }

    private async Task ReleaseAsync(JobWork work)
    {
        try
        {
            await store.ReleaseAsync(work.Job, [work.Claim], CancellationToken.None);
        }
        catch (RegistryUnavailableException)
        {
            // The claim ends with its lease.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Jobs wait: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Error, "Jobs wait after an unexpected failure.")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(LogLevel.Information, "Job {Id} ({Kind}) ended as {State}: of {Total} URLs {Succeeded} succeeded, {Failed} failed, {Skipped} were skipped. {Detail}")]
    private partial void LogEnded(string id, JobKind kind, JobState state, int succeeded, int failed, int skipped, int total, string detail);

    [LoggerMessage(LogLevel.Warning, "Job {Id} is gone: Redis has lost it. Create it again.")]
    private partial void LogLost(string id);

    [LoggerMessage(LogLevel.Error, "Job {Id}: the work on {Url} failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception, string id, string url);
}
