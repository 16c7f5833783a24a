using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Jobs;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
/// <remarks>The record of a job is signed: it names an affinity and a webhook, and its renders have the rights of the admin key.</remarks>
internal sealed class RedisJobStore(RedisConnection connection, RecordSigner signer, ILogger<RedisJobStore> logger) : IJobStore
{
    private const string RecordField = "record";

    // Bounds the time of one script.
    private const int ItemsPerCall = 1_000;

    /// <summary>How long items wait for the creation of their job: 10 min.</summary>
    private static readonly TimeSpan s_staging = TimeSpan.FromMinutes(10);

    public async Task<JobCreation> CreateAsync(
        string id, JobDefinition definition, IReadOnlyList<JobItem> items, JobKey? key, int maxActive, CancellationToken cancellationToken)
    {
        await AddAsync(id, index: 0, token: "", items, int.MaxValue, cancellationToken);
        var hash = RedisKeys.JobKey(HashOf(key?.Key ?? ""));
        var record = signer.Sign(RedisKeys.Job(id).ToString(), RecordField, RegistryJson.Write(definition), isDated: false);
        var answer = (string)(await connection.EvaluateAsync(
            RedisScript.CreateJob,
            [RedisKeys.Jobs, RedisKeys.ActiveJobs, RedisKeys.Job(id), RedisKeys.JobItems(id), RedisKeys.JobUrls(id), hash],
            [id, record, maxActive, definition.Request.Webhook is null ? "" : WordOf(JobWebhookState.Pending), key is null ? "" : $"{id} {key.Fingerprint}", (key?.TimeToLive ?? TimeSpan.Zero).Milliseconds()],
            cancellationToken))!;
        return answer switch
        {
            "created" => new(JobCreationOutcome.Created, id),
            "full" => new(JobCreationOutcome.Full),
            _ when answer.Split(' ') is [var known, var fingerprint] && fingerprint == key?.Fingerprint => new(JobCreationOutcome.Repeated, known),
            _ => new(JobCreationOutcome.KeyReused),
        };
    }

    public async Task<JobRecord?> GetAsync(string id, CancellationToken cancellationToken)
    {
        var read = (RedisValue[]?)await connection.EvaluateAsync(RedisScript.ReadJob, [RedisKeys.Job(id), RedisKeys.JobResults(id)], [JobRecord.Window], cancellationToken) ?? [];
        if (read.Length == 0)
        {
            return null;
        }

        var fields = read.Skip(2).Chunk(2).ToDictionary(static pair => pair[0].ToString(), static pair => pair[1].ToString(), StringComparer.Ordinal);
        var name = RedisKeys.Job(id).ToString();
        // Without a record or a state the job is not created yet.
        if (!fields.TryGetValue(RecordField, out var stored) || !Enum.TryParse<JobState>(fields.GetValueOrDefault("state"), ignoreCase: true, out var state)
            || signer.Verify(name, RecordField, stored, timeToLive: null) is not { } json || RegistryJson.Read<JobDefinition>(json, name, logger) is not { } definition)
        {
            return null;
        }

        return new()
        {
            Id = id,
            Definition = definition,
            State = state,
            CreatedAt = TimeOf("createdAt") ?? DateTimeOffset.UnixEpoch,
            StartedAt = TimeOf("startedAt"),
            EndedAt = TimeOf("endedAt"),
            Reason = fields.GetValueOrDefault("reason"),
            Detail = fields.GetValueOrDefault("detail"),
            Total = CountOf("total"),
            Succeeded = CountOf("succeeded"),
            Failed = CountOf("failed"),
            Skipped = CountOf("skipped"),
            ResultBytes = CountOf("resultBytes"),
            Omitted = CountOf("omitted"),
            UpToDate = CountOf("upToDate"),
            Webhook = definition.Request.Webhook is { } url && Enum.TryParse<JobWebhookState>(fields.GetValueOrDefault("webhook"), ignoreCase: true, out var webhook)
                ? new(url, webhook, CountOf("webhookAttempts"), fields.GetValueOrDefault("webhookDetail") is { Length: > 0 } detail ? detail : null) : null,
            WindowStart = read[1].ToString() is { Length: > 0 } oldest ? RedisTime.Parse(oldest.Split(' ', 2)[0]) : null,
            ReadAt = RedisTime.Parse(read[0].ToString()),
        };

        DateTimeOffset? TimeOf(string field) => fields.TryGetValue(field, out var milliseconds) ? RedisTime.Parse(milliseconds) : null;

        int CountOf(string field) => fields.TryGetValue(field, out var count) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await connection.CallAsync("list the jobs", static database => database.SortedSetRangeByRankAsync(RedisKeys.Jobs, order: Order.Descending), cancellationToken)).Select(static id => id.ToString())];

    public async Task<IReadOnlyList<string>> ListActiveAsync(CancellationToken cancellationToken) =>
        [.. (await connection.CallAsync("list the jobs that have not ended", static database => database.SortedSetRangeByRankAsync(RedisKeys.ActiveJobs), cancellationToken)).Select(static id => id.ToString())];

    public async Task<IReadOnlyList<JobClaim>> ClaimAsync(string id, string token, int count, int maxClaims, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claimed = (RedisValue[]?)await connection.EvaluateAsync(
            RedisScript.ClaimJobItems, [RedisKeys.Job(id), RedisKeys.JobItems(id), RedisKeys.JobClaims(id)], [token, count, maxClaims, lease.Milliseconds()], cancellationToken) ?? [];
        return [.. claimed.Chunk(3).Select(claim => new JobClaim((int)claim[0], token, (int)claim[1], ItemOf(claim[2].ToString())))];
    }

    public async Task<JobState?> RenewAsync(string id, IReadOnlyList<JobClaim> claims, TimeSpan lease, CancellationToken cancellationToken) =>
        Enum.TryParse<JobState>((string?)await connection.EvaluateAsync(
            RedisScript.RenewJobClaims, [RedisKeys.Job(id), RedisKeys.JobClaims(id)], [lease.Milliseconds(), .. claims.SelectMany(static claim => new RedisValue[] { claim.Index, claim.Token })], cancellationToken),
            ignoreCase: true, out var state) ? state : null;

    public Task ReleaseAsync(string id, IReadOnlyList<JobClaim> claims, CancellationToken cancellationToken) => RenewAsync(id, claims, TimeSpan.Zero, cancellationToken);

    public Task<bool> AddAsync(string id, JobClaim claim, IReadOnlyList<JobItem> items, int maxUrls, CancellationToken cancellationToken) =>
        AddAsync(id, claim.Index, claim.Token, items, maxUrls, cancellationToken);

    public Task<bool> CompleteAsync(string id, JobClaim claim, JobUrlResult result, long maxBytes, TimeSpan keep, CancellationToken cancellationToken) => CompleteAsync(
        id, claim, RegistryJson.Write(result with { At = null }), WordOf(result.Outcome), RegistryJson.Write(JobResultRules.Shorten(result)), maxBytes, problem: null, keep, cancellationToken);

    public Task<bool> CompleteListAsync(string id, JobClaim claim, JobListProblem? problem, TimeSpan keep, CancellationToken cancellationToken) =>
        CompleteAsync(id, claim, result: "", outcome: "", shortened: "", maxBytes: 0, problem, keep, cancellationToken);

    public async Task<bool> EndAsync(string id, JobState state, string reason, string detail, TimeSpan keep, CancellationToken cancellationToken) =>
        (long)await connection.EvaluateAsync(RedisScript.EndJob, WorkKeys(id), [id, WordOf(state), reason, detail, keep.Milliseconds()], cancellationToken) == 1;

    public async Task<IReadOnlyList<JobUrlResult>> ReadResultsAsync(string id, int first, int count, CancellationToken cancellationToken)
    {
        var key = RedisKeys.JobResults(id);
        var stored = await connection.CallAsync("read results of a job", database => database.ListRangeAsync(key, first, (long)first + count - 1), cancellationToken);
        return [.. stored.Select(value => value.ToString().Split(' ', 2)).Select(parts =>
            (RegistryJson.Read<JobUrlResult>(parts[1], key.ToString(), logger) ?? new() { Url = "", Outcome = JobUrlOutcome.Failed, Reason = "unreadable" }) with { At = RedisTime.Parse(parts[0]) })];
    }

    public Task RemoveAsync(string id, CancellationToken cancellationToken) => connection.EvaluateAsync(
        RedisScript.RemoveJob,
        [RedisKeys.Jobs, RedisKeys.Job(id), RedisKeys.JobResults(id), RedisKeys.Webhooks, RedisKeys.ActiveJobs, RedisKeys.JobItems(id), RedisKeys.JobUrls(id), RedisKeys.JobClaims(id)],
        [id], cancellationToken);

    public async Task<string?> TakeWebhookAsync(TimeSpan lease, CancellationToken cancellationToken) =>
        (string?)await connection.EvaluateAsync(RedisScript.TakeWebhook, [RedisKeys.Webhooks], [lease.Milliseconds()], cancellationToken);

    public Task RecordWebhookAsync(string id, JobWebhook webhook, TimeSpan pause, CancellationToken cancellationToken) => connection.EvaluateAsync(
        RedisScript.RecordWebhook, [RedisKeys.Job(id), RedisKeys.Webhooks], [id, WordOf(webhook.State), webhook.Attempts, webhook.Detail ?? "", pause.Milliseconds()], cancellationToken);

    private async Task<bool> CompleteAsync(
        string id, JobClaim claim, string result, string outcome, string shortened, long maxBytes, JobListProblem? problem, TimeSpan keep, CancellationToken cancellationToken) => (long)await connection.EvaluateAsync(
        RedisScript.CompleteJobItem, WorkKeys(id),
        [id, claim.Index, claim.Token, result, outcome, keep.Milliseconds(), problem?.Reason ?? "", problem?.Detail ?? "", maxBytes, shortened], cancellationToken) == 1;

    private async Task<bool> AddAsync(string id, int index, string token, IReadOnlyList<JobItem> items, int maxUrls, CancellationToken cancellationToken)
    {
        foreach (var part in items.Chunk(ItemsPerCall))
        {
            var added = (long)await connection.EvaluateAsync(
                RedisScript.AddJobItems, [RedisKeys.Job(id), RedisKeys.JobItems(id), RedisKeys.JobUrls(id), RedisKeys.JobClaims(id)],
                [index, token, maxUrls, s_staging.Milliseconds(), .. part.Select(static item => (RedisValue)TextOf(item))], cancellationToken);
            if (added == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static RedisKey[] WorkKeys(string id) =>
        [RedisKeys.Job(id), RedisKeys.ActiveJobs, RedisKeys.JobItems(id), RedisKeys.JobUrls(id), RedisKeys.JobClaims(id), RedisKeys.JobResults(id), RedisKeys.Webhooks];

    private static string TextOf(JobItem item) => string.Create(CultureInfo.InvariantCulture, $"{(item.IsList ? 'l' : item.IsUpToDate ? 'd' : 'u')}{item.Depth} {item.Url}");

    private static JobItem ItemOf(string text)
    {
        // An item that Redis has lost becomes a URL that cannot be rendered, so that its job still ends.
        if (text.Length == 0)
        {
            return new("");
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return new(text[(space + 1)..], int.Parse(text.AsSpan(1, space - 1), CultureInfo.InvariantCulture), text[0] == 'l');
    }

    private static string WordOf<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    // Hashed, because keys of callers must not appear in Redis keys.
    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
