using System.Globalization;
using Fleet.Contracts;
using Fleet.Registry.Jobs;

namespace Fleet.Tests.Registry;

public abstract class JobStoreContract : ContractSuite
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_keep = TimeSpan.FromHours(1);

    private int _tokens;

    [Fact]
    public async Task CreateAsync_NewJob_IsQueuedAndListed()
    {
        var id = await CreateAsync("http://h/a", "http://h/b c?d=1 2");

        var job = (await Registry.Jobs.GetAsync(id, Cancel))!;
        Assert.Equal((JobState.Queued, 2, 0, JobKind.Batch, 7), (job.State, job.Total, job.Done, job.Definition.Kind, job.Definition.Request.Concurrency));
        Assert.Null(job.StartedAt);
        Assert.InRange(job.CreatedAt, job.ReadAt - TimeSpan.FromMinutes(1), job.ReadAt);
        Assert.Equal([id], await Registry.Jobs.ListAsync(Cancel));
        Assert.Equal([id], await Registry.Jobs.ListActiveAsync(Cancel));
        Assert.Equal(["http://h/a", "http://h/b c?d=1 2"], (await ClaimAsync(id, 9)).Select(claim => claim.Item.Url));
        Assert.Null(await Registry.Jobs.GetAsync("none", Cancel));
    }

    [Fact]
    public async Task GetAsync_IdThatLooksLikeAnotherKeyOfAJob_IsNoJob()
    {
        var id = await CreateAsync("http://h/a", "http://h/b");
        var claim = (await ClaimAsync(id, 1))[0];
        Assert.True(await CompleteAsync(id, claim, JobUrlOutcome.Succeeded));
        foreach (var part in (string[])["items", "known", "claims", "results", "key"])
        {
            Assert.Null(await Registry.Jobs.GetAsync($"{part}:{id}", Cancel));
            Assert.Null(await Registry.Jobs.GetAsync($"{id}:{part}", Cancel));
        }
    }

    [Fact]
    public async Task CreateAsync_SameKey_IsTheSameJobOrRefused()
    {
        var key = new JobKey("k", "abc", s_keep);
        var first = await Registry.Jobs.CreateAsync("1", Batch(), Items("http://h/"), key, 1, Cancel);
        Assert.Equal(new(JobCreationOutcome.Created, "1"), first);
        Assert.Equal(new(JobCreationOutcome.Repeated, "1"), await Registry.Jobs.CreateAsync("2", Batch(), Items("http://h/"), key, 1, Cancel));
        Assert.Equal(new(JobCreationOutcome.KeyReused), await Registry.Jobs.CreateAsync("3", Batch(), Items("http://h/"), key with { Fingerprint = "def" }, 1, Cancel));
        Assert.Null(await Registry.Jobs.GetAsync("2", Cancel));

        await Registry.AgeAsync(s_keep * 1.5);
        Assert.Equal(new(JobCreationOutcome.Created, "4"), await Registry.Jobs.CreateAsync("4", Batch(), Items("http://h/"), key, 9, Cancel));
    }

    [Fact]
    public async Task CreateAsync_OneOverTheLimit_IsRefusedUntilOneEnds()
    {
        await CreateAsync("http://h/");
        Assert.Equal(JobCreationOutcome.Full, (await Registry.Jobs.CreateAsync("b", Batch(), Items("http://h/"), null, 1, Cancel)).Outcome);
        Assert.True(await Registry.Jobs.EndAsync("1", JobState.Cancelled, "cancelled", "An operator cancelled it.", s_keep, Cancel));
        Assert.Equal(JobCreationOutcome.Created, (await Registry.Jobs.CreateAsync("b", Batch(), Items("http://h/"), null, 1, Cancel)).Outcome);
    }

    [Fact]
    public async Task CreateAsync_MaximumOfUrls_IsOneJob()
    {
        const string url = "http://h/products/";
        await CreateAsync([.. Enumerable.Range(0, JobLimits.MaxUrls).Select(n => url + n)]);
        Assert.Equal(JobLimits.MaxUrls, (await Registry.Jobs.GetAsync("1", Cancel))!.Total);
        Assert.Equal([url + "0", url + "1"], (await ClaimAsync("1", 2)).Select(claim => claim.Item.Url));
        Assert.True(await Registry.Jobs.EndAsync("1", JobState.Cancelled, "cancelled", "", s_keep, Cancel));
    }

    [Fact]
    public async Task ClaimAsync_ManyAtOnce_EachItemHasOneHolderAndTheJobsBoundHolds()
    {
        var id = await CreateAsync([.. Enumerable.Range(0, 20).Select(n => $"http://h/{n}")]);
        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ClaimAsync(id, 3, max: 12)));
        Assert.Equal(12, claims.Sum(each => each.Count));
        Assert.Equal(12, claims.SelectMany(each => each).Select(claim => claim.Item.Url).Distinct().Count());
        Assert.Equal(JobState.Running, (await Registry.Jobs.GetAsync(id, Cancel))!.State);
    }

    [Fact]
    public async Task CompleteAsync_EveryItem_CompletesTheJobAndKeepsTheResults()
    {
        var id = await CreateAsync("http://h/a", "http://h/b", "http://h/c");
        var claims = await ClaimAsync(id, 3);
        Assert.True(await CompleteAsync(id, claims[1], JobUrlOutcome.Failed));
        Assert.False(await CompleteAsync(id, claims[1], JobUrlOutcome.Succeeded));
        Assert.True(await CompleteAsync(id, claims[0], JobUrlOutcome.Succeeded));
        Assert.Equal(JobState.Running, (await Registry.Jobs.GetAsync(id, Cancel))!.State);
        Assert.True(await CompleteAsync(id, claims[2], JobUrlOutcome.Skipped));

        var job = (await Registry.Jobs.GetAsync(id, Cancel))!;
        Assert.Equal((JobState.Completed, 3, 3, 1, 1, 1), (job.State, job.Total, job.Done, job.Succeeded, job.Failed, job.Skipped));
        Assert.Equal(job.WindowStart, (await Registry.Jobs.ReadResultsAsync(id, 0, 1, Cancel))[0].At);
        Assert.Equal(["http://h/b", "http://h/a", "http://h/c"], (await Registry.Jobs.ReadResultsAsync(id, 0, 10, Cancel)).Select(result => result.Url));
        Assert.Equal("http://h/a", Assert.Single(await Registry.Jobs.ReadResultsAsync(id, 1, 1, Cancel)).Url);
        Assert.Empty(await Registry.Jobs.ListActiveAsync(Cancel));
        Assert.Equal([id], await Registry.Jobs.ListAsync(Cancel));

        await Registry.AgeAsync(s_keep * 0.9);
        Assert.NotNull(await Registry.Jobs.GetAsync(id, Cancel));
        await Registry.AgeAsync(s_keep * 0.2);
        Assert.Null(await Registry.Jobs.GetAsync(id, Cancel));
        Assert.Empty(await Registry.Jobs.ReadResultsAsync(id, 0, 10, Cancel));
        await Registry.Jobs.RemoveAsync(id, Cancel);
        Assert.Empty(await Registry.Jobs.ListAsync(Cancel));
    }

    [Fact]
    public async Task CompleteAsync_ResultsBeyondTheirMaximum_AreListedWithoutDetails()
    {
        var id = await CreateAsync("http://h/a", "http://h/b", "http://h/c", "http://h/d");
        var claims = await ClaimAsync(id, 4);
        JobUrlResult Result(int n, JobUrlOutcome outcome, string? reason = null) => new() { Url = claims[n].Item.Url, Outcome = outcome, Status = 200, Reason = reason, Detail = new('d', 300), Location = "http://h/" + new string('x', 200) };

        Assert.True(await Registry.Jobs.CompleteAsync(id, claims[0], Result(0, JobUrlOutcome.Succeeded), 1_000, s_keep, Cancel));
        Assert.True(await Registry.Jobs.CompleteAsync(id, claims[1], Result(1, JobUrlOutcome.Succeeded), 1_000, s_keep, Cancel));
        Assert.True(await Registry.Jobs.CompleteAsync(id, claims[2], Result(2, JobUrlOutcome.Failed, "timed-out"), 1_000, s_keep, Cancel));

        // A small result fits again; one without details always fits.
        Assert.True(await Registry.Jobs.CompleteAsync(id, claims[3], new() { Url = claims[3].Item.Url, Outcome = JobUrlOutcome.Skipped, Reason = "refused" }, 0, s_keep, Cancel));

        var results = await Registry.Jobs.ReadResultsAsync(id, 0, 10, Cancel);
        Assert.Equal([(300, null), (null, "results-full"), (null, "timed-out"), (null, "refused")], results.Select(result => (result.Detail?.Length, result.Reason)));
        Assert.Equal(("http://h/b", JobUrlOutcome.Succeeded, 200, null), (results[1].Url, results[1].Outcome, results[1].Status, results[1].Location));
        var job = (await Registry.Jobs.GetAsync(id, Cancel))!;
        Assert.Equal((JobState.Completed, 2, 1, 1), (job.State, job.Succeeded, job.Failed, job.Skipped));
        Assert.InRange(job.ResultBytes, 800, 1_300);
    }

    [Fact]
    public async Task ClaimAsync_LeaseEnded_IsTakenOverAndTheFirstHolderMayNotComplete()
    {
        var id = await CreateAsync("http://h/a");
        var first = Assert.Single(await ClaimAsync(id, 1));
        Assert.Empty(await ClaimAsync(id, 1));

        await Registry.AgeAsync(s_lease * 0.8);
        Assert.Equal(JobState.Running, await Registry.Jobs.RenewAsync(id, [first], s_lease, Cancel));
        await Registry.AgeAsync(s_lease * 0.8);
        Assert.Empty(await ClaimAsync(id, 1));
        await Registry.AgeAsync(s_lease * 0.8);

        var second = Assert.Single(await ClaimAsync(id, 1));
        Assert.Equal((0, 2, "http://h/a"), (second.Index, second.Attempt, second.Item.Url));
        Assert.False(await CompleteAsync(id, first, JobUrlOutcome.Succeeded));
        Assert.False(await Registry.Jobs.AddAsync(id, first, Items("http://h/z"), 10, Cancel));
        Assert.True(await CompleteAsync(id, second, JobUrlOutcome.Succeeded));
        Assert.Single(await Registry.Jobs.ReadResultsAsync(id, 0, 10, Cancel));
    }

    [Fact]
    public async Task ReleaseAsync_Claim_IsFreeAtOnceAndNoAttempt()
    {
        var id = await CreateAsync("http://h/a");
        var first = Assert.Single(await ClaimAsync(id, 1));
        await Registry.Jobs.ReleaseAsync(id, [first], Cancel);
        Assert.False(await CompleteAsync(id, first, JobUrlOutcome.Succeeded));
        Assert.Equal(1, Assert.Single(await ClaimAsync(id, 1)).Attempt);
    }

    [Fact]
    public async Task AddAsync_FoundUrls_AreInTheJobOnceUpToItsBound()
    {
        await Registry.Jobs.CreateAsync("s", new(JobKind.Sitemap, new() { Sitemap = "http://h/sitemap.xml" }), [new("http://h/sitemap.xml", IsList: true)], null, 10, Cancel);
        Assert.Equal(0, (await Registry.Jobs.GetAsync("s", Cancel))!.Total);
        var list = Assert.Single(await ClaimAsync("s", 5));
        Assert.True(list.Item.IsList);
        Assert.True(await Registry.Jobs.AddAsync("s", list, [new("http://h/a", 1), new("http://h/a", 2), new("http://h/b", 1)], 3, Cancel));
        Assert.True(await Registry.Jobs.AddAsync("s", list, Items("http://h/a", "http://h/c", "http://h/d", "http://h/e"), 3, Cancel));
        Assert.True(await Registry.Jobs.CompleteListAsync("s", list, null, s_keep, Cancel));

        var job = (await Registry.Jobs.GetAsync("s", Cancel))!;
        Assert.Equal((JobState.Running, 3, 2, 0), (job.State, job.Total, job.Omitted, job.Done));
        Assert.Equal([new("http://h/a", 1), new("http://h/b", 1), new("http://h/c")], (await ClaimAsync("s", 9)).Select(claim => claim.Item));
    }

    [Fact]
    public async Task AddAsync_UrlsUpToDate_AreCountedOnceAndNeverClaimed()
    {
        await Registry.Jobs.CreateAsync("p", new(JobKind.Publication, new(), new(7, null, s_keep)), [new("/a", IsList: true), new("/a/b", IsList: true)], null, 10, Cancel);
        var lists = await ClaimAsync("p", 5);
        JobItem[] found = [new("http://h/a", IsUpToDate: true), new("http://h/a/b", IsUpToDate: true), new("http://h/a/c")];
        Assert.True(await Registry.Jobs.AddAsync("p", lists[0], found, 1, Cancel));
        Assert.True(await Registry.Jobs.AddAsync("p", lists[0], found, 1, Cancel));
        Assert.True(await Registry.Jobs.AddAsync("p", lists[1], found[1..], 1, Cancel));
        Assert.True(await Registry.Jobs.CompleteListAsync("p", lists[0], null, s_keep, Cancel));
        Assert.False(await Registry.Jobs.CompleteListAsync("p", lists[0], new("x", "y"), s_keep, Cancel));
        Assert.True(await Registry.Jobs.CompleteListAsync("p", lists[1], new("nothing-matches", "No page is stored."), s_keep, Cancel));
        Assert.True(await CompleteAsync("p", Assert.Single(await ClaimAsync("p", 9)), JobUrlOutcome.Succeeded));

        var job = (await Registry.Jobs.GetAsync("p", Cancel))!;
        Assert.Equal((JobState.Completed, 1, 1, 2, 0), (job.State, job.Total, job.Succeeded, job.UpToDate, job.Omitted));
        Assert.Equal(("nothing-matches", "No page is stored."), (job.Reason, job.Detail));
    }

    [Fact]
    public async Task EndAsync_InProgress_AcceptsNoMoreResults()
    {
        var id = await CreateAsync("http://h/a", "http://h/b");
        var claim = Assert.Single(await ClaimAsync(id, 1));
        Assert.True(await Registry.Jobs.EndAsync(id, JobState.Failed, "bad-sitemap", "It is none.", s_keep, Cancel));
        Assert.False(await Registry.Jobs.EndAsync(id, JobState.Cancelled, "x", "y", s_keep, Cancel));
        Assert.False(await CompleteAsync(id, claim, JobUrlOutcome.Succeeded));
        Assert.Empty(await ClaimAsync(id, 1));
        Assert.Equal(JobState.Failed, await Registry.Jobs.RenewAsync(id, [claim], s_lease, Cancel));
        var job = (await Registry.Jobs.GetAsync(id, Cancel))!;
        Assert.Equal((JobState.Failed, "bad-sitemap", "It is none.", 0), (job.State, job.Reason, job.Detail, job.Done));
        Assert.NotNull(job.EndedAt);
        Assert.False(await Registry.Jobs.EndAsync("none", JobState.Cancelled, "x", "y", s_keep, Cancel));
        Assert.Null(await Registry.Jobs.RenewAsync("none", [], s_lease, Cancel));
    }

    [Fact]
    public async Task TakeWebhookAsync_EndedJob_IsDueOnceAndAgainAfterItsPause()
    {
        await Registry.Jobs.CreateAsync("w", new(JobKind.Batch, new() { Webhook = "http://hook/" }), Items("http://h/a"), null, 10, Cancel);
        Assert.Null(await Registry.Jobs.TakeWebhookAsync(s_lease, Cancel));
        Assert.Equal(new JobWebhook("http://hook/", JobWebhookState.Pending, 0), (await Registry.Jobs.GetAsync("w", Cancel))!.Webhook);
        await Registry.Jobs.EndAsync("w", JobState.Cancelled, "cancelled", "", s_keep, Cancel);

        Assert.Equal("w", await Registry.Jobs.TakeWebhookAsync(TimeSpan.FromMilliseconds(1), Cancel));
        await Registry.AgeAsync(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => await Registry.Jobs.TakeWebhookAsync(TimeSpan.FromHours(1), Cancel) == "w", () => "a lost webhook is due again");
        Assert.Null(await Registry.Jobs.TakeWebhookAsync(s_lease, Cancel));

        await Registry.Jobs.RecordWebhookAsync("w", new("http://hook/", JobWebhookState.Pending, 1, "It answered 500."), TimeSpan.Zero, Cancel);
        Assert.Equal(new JobWebhook("http://hook/", JobWebhookState.Pending, 1, "It answered 500."), (await Registry.Jobs.GetAsync("w", Cancel))!.Webhook);
        Assert.Equal("w", await Registry.Jobs.TakeWebhookAsync(s_lease, Cancel));
        await Registry.Jobs.RecordWebhookAsync("w", new("http://hook/", JobWebhookState.Delivered, 2), TimeSpan.Zero, Cancel);
        Assert.Equal(new JobWebhook("http://hook/", JobWebhookState.Delivered, 2), (await Registry.Jobs.GetAsync("w", Cancel))!.Webhook);
        Assert.Null(await Registry.Jobs.TakeWebhookAsync(s_lease, Cancel));
    }

    private static JobDefinition Batch() => new(JobKind.Batch, new() { Concurrency = 7 });

    private static List<JobItem> Items(params string[] urls) => [.. urls.Select(url => new JobItem(url))];

    private async Task<string> CreateAsync(params string[] urls)
    {
        Assert.Equal(new(JobCreationOutcome.Created, "1"), await Registry.Jobs.CreateAsync("1", Batch(), Items(urls), null, 10, Cancel));
        return "1";
    }

    private Task<IReadOnlyList<JobClaim>> ClaimAsync(string id, int count, int max = 100) =>
        Registry.Jobs.ClaimAsync(id, Interlocked.Increment(ref _tokens).ToString(CultureInfo.InvariantCulture), count, max, s_lease, Cancel);

    private Task<bool> CompleteAsync(string id, JobClaim claim, JobUrlOutcome outcome) =>
        Registry.Jobs.CompleteAsync(id, claim, new() { Url = claim.Item.Url, Outcome = outcome }, long.MaxValue, s_keep, Cancel);
}

public sealed class InMemoryJobStoreTests : JobStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisJobStoreTests(RedisCollection.Server redis) : JobStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetJobStoreTests(GarnetCollection.Server garnet) : JobStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
