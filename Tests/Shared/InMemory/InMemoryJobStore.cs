using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Jobs;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryJobStore(TimeProvider timeProvider) : IJobStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Id, string Fingerprint, DateTimeOffset Until)> _keys = new(StringComparer.Ordinal);

    private DateTimeOffset Now => RegistryClock.Now(timeProvider);

    public Task<JobCreation> CreateAsync(string id, JobDefinition definition, IReadOnlyList<JobItem> items, JobKey? key, int maxActive, CancellationToken cancellationToken) => Run(() =>
    {
        if (key is not null && _keys.TryGetValue(key.Key, out var known) && known.Until > Now)
        {
            return known.Fingerprint == key.Fingerprint ? new(JobCreationOutcome.Repeated, known.Id) : new JobCreation(JobCreationOutcome.KeyReused);
        }

        if (_jobs.Values.Count(static other => !other.Record.HasEnded) >= maxActive)
        {
            return new(JobCreationOutcome.Full);
        }

        var job = new Job(new()
        {
            Id = id,
            Definition = definition,
            State = JobState.Queued,
            CreatedAt = Now,
            ReadAt = Now,
            Webhook = definition.Request.Webhook is { } url ? new(url, JobWebhookState.Pending, 0) : null,
        });
        job.Add(items, int.MaxValue);
        _jobs[id] = job;
        if (key is not null)
        {
            _keys[key.Key] = (id, key.Fingerprint, Now + key.TimeToLive);
        }

        return new(JobCreationOutcome.Created, id);
    });

    public Task<JobRecord?> GetAsync(string id, CancellationToken cancellationToken) => Run(() => Find(id) is { } job
        ? job.Record with { ReadAt = Now, WindowStart = job.Results.Count == 0 ? null : job.Results[Math.Max(0, job.Results.Count - JobRecord.Window)].At }
        : null);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => Run<IReadOnlyList<string>>(() => [.. _jobs.Keys.Reverse()]);

    public Task<IReadOnlyList<string>> ListActiveAsync(CancellationToken cancellationToken) =>
        Run<IReadOnlyList<string>>(() => [.. _jobs.Where(static job => !job.Value.Record.HasEnded).Select(static job => job.Key)]);

    public Task<IReadOnlyList<JobClaim>> ClaimAsync(string id, string token, int count, int maxClaims, TimeSpan lease, CancellationToken cancellationToken) => Run<IReadOnlyList<JobClaim>>(() =>
    {
        if (Find(id) is not { Record.HasEnded: false } job)
        {
            return [];
        }

        var taken = job.Claims.Where(claim => claim.Value.Until <= Now).Take(count).Select(claim => new JobClaim(claim.Key, token, claim.Value.Claim.Attempt + 1, claim.Value.Claim.Item)).ToList();
        for (var claims = job.Claims.Count; taken.Count < count && claims < maxClaims && job.Next < job.Items.Count; claims++, job.Next++)
        {
            taken.Add(new(job.Next, token, 1, job.Items[job.Next]));
        }

        taken.ForEach(claim => job.Claims[claim.Index] = (claim, Now + lease));
        if (taken.Count > 0 && job.Record.State == JobState.Queued)
        {
            job.Record = job.Record with { State = JobState.Running, StartedAt = Now };
        }

        return taken;
    });

    public Task<JobState?> RenewAsync(string id, IReadOnlyList<JobClaim> claims, TimeSpan lease, CancellationToken cancellationToken) => Run<JobState?>(() =>
    {
        foreach (var claim in claims.Where(claim => Find(id)?.IsHeld(claim) == true))
        {
            var held = Find(id)!.Claims[claim.Index].Claim;
            Find(id)!.Claims[claim.Index] = (lease == TimeSpan.Zero ? held with { Attempt = held.Attempt - 1, Token = "-" } : held, Now + lease);
        }

        return Find(id)?.Record.State;
    });

    public Task ReleaseAsync(string id, IReadOnlyList<JobClaim> claims, CancellationToken cancellationToken) => RenewAsync(id, claims, TimeSpan.Zero, cancellationToken);

    public Task<bool> AddAsync(string id, JobClaim claim, IReadOnlyList<JobItem> items, int maxUrls, CancellationToken cancellationToken) => Run(() =>
    {
        var isHeld = Find(id)?.IsHeld(claim) == true;
        if (isHeld)
        {
            Find(id)!.Add(items, maxUrls);
        }

        return isHeld;
    });

    public Task<bool> CompleteAsync(string id, JobClaim claim, JobUrlResult result, long maxBytes, TimeSpan keep, CancellationToken cancellationToken) => CompleteAsync(id, claim, job =>
    {
        var kept = job.Record.ResultBytes + SizeOf(result) > maxBytes ? JobResultRules.Shorten(result) : result;
        job.Results.Add(kept with { At = Now });
        job.Record = job.Record with { ResultBytes = job.Record.ResultBytes + SizeOf(kept) };
        job.Record = result.Outcome switch
        {
            JobUrlOutcome.Succeeded => job.Record with { Succeeded = job.Record.Succeeded + 1 },
            JobUrlOutcome.Failed => job.Record with { Failed = job.Record.Failed + 1 },
            _ => job.Record with { Skipped = job.Record.Skipped + 1 },
        };
    }, keep);

    public Task<bool> CompleteListAsync(string id, JobClaim claim, JobListProblem? problem, TimeSpan keep, CancellationToken cancellationToken) => CompleteAsync(
        id, claim, job => job.Record = problem is null ? job.Record : job.Record with { Reason = problem.Reason, Detail = problem.Detail }, keep);

    private Task<bool> CompleteAsync(string id, JobClaim claim, Action<Job> record, TimeSpan keep) => Run(() =>
    {
        if (Find(id) is not { } job || !job.IsHeld(claim))
        {
            return false;
        }

        job.Claims.Remove(claim.Index);
        record(job);
        if (job.Next >= job.Items.Count && job.Claims.Count == 0)
        {
            job.End(JobState.Completed, Now, keep);
        }

        return true;
    });

    public Task<bool> EndAsync(string id, JobState state, string reason, string detail, TimeSpan keep, CancellationToken cancellationToken) => Run(() =>
    {
        if (Find(id) is not { Record.HasEnded: false } job)
        {
            return false;
        }

        job.Record = job.Record with { Reason = reason, Detail = detail };
        job.End(state, Now, keep);
        return true;
    });

    public Task<IReadOnlyList<JobUrlResult>> ReadResultsAsync(string id, int first, int count, CancellationToken cancellationToken) =>
        Run<IReadOnlyList<JobUrlResult>>(() => [.. (Find(id)?.Results ?? []).Skip(first).Take(count)]);

    public Task RemoveAsync(string id, CancellationToken cancellationToken) => Run(() => Find(id) is not { Record.HasEnded: false } && _jobs.Remove(id));

    public Task<string?> TakeWebhookAsync(TimeSpan lease, CancellationToken cancellationToken) => Run(() =>
    {
        var due = _jobs.Values.Where(job => job.WebhookAt <= Now).MinBy(static job => job.WebhookAt);
        if (due is not null)
        {
            due.WebhookAt = Now + lease;
        }

        return due?.Record.Id;
    });

    public Task RecordWebhookAsync(string id, JobWebhook webhook, TimeSpan pause, CancellationToken cancellationToken) => Run(() =>
    {
        if (Find(id) is { Record.Webhook.State: JobWebhookState.Pending } job)
        {
            job.Record = job.Record with { Webhook = webhook };
            job.WebhookAt = webhook.State == JobWebhookState.Pending ? Now + pause : null;
        }

        return true;
    });

    private static int SizeOf(JobUrlResult result) => JsonSerializer.Serialize(result, FleetJson.Options).Length;

    private Job? Find(string id) => _jobs.TryGetValue(id, out var job) && (job.Until is null || job.Until > Now) ? job : null;

    private Task<T> Run<T>(Func<T> run)
    {
        lock (_gate)
        {
            return Task.FromResult(run());
        }
    }

    private sealed class Job(JobRecord record)
    {
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);

        public JobRecord Record { get; set; } = record;

        public List<JobItem> Items { get; } = [];

        public int Next { get; set; }

        public Dictionary<int, (JobClaim Claim, DateTimeOffset Until)> Claims { get; } = [];

        public List<JobUrlResult> Results { get; } = [];

        public DateTimeOffset? Until { get; private set; }

        public DateTimeOffset? WebhookAt { get; set; }

        public bool IsHeld(JobClaim claim) => Claims.TryGetValue(claim.Index, out var held) && held.Claim.Token == claim.Token;

        public void Add(IReadOnlyList<JobItem> items, int maxUrls)
        {
            foreach (var item in items.Where(item => item.IsList || _known.Add(item.Url)))
            {
                if (item.IsUpToDate)
                {
                    Record = Record with { UpToDate = Record.UpToDate + 1 };
                    continue;
                }

                if (!item.IsList && Record.Total >= maxUrls)
                {
                    Record = Record with { Omitted = Record.Omitted + 1 };
                    continue;
                }

                Items.Add(item);
                Record = Record with { Total = Record.Total + (item.IsList ? 0 : 1) };
            }
        }

        public void End(JobState state, DateTimeOffset now, TimeSpan keep)
        {
            Record = Record with { State = state, EndedAt = now };
            Claims.Clear();
            Until = now + keep;
            WebhookAt = Record.Webhook is { State: JobWebhookState.Pending } ? now : null;
        }
    }
}
