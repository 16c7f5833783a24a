using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager.Jobs;

/// <summary>The course of a job: results, order, events, and a fleet that cannot render.</summary>
public sealed class JobTests : JobsUnderTest
{
    [Fact]
    public async Task Create_Batch_RunsEachUrlOnceAndListsWhatBecameOfIt()
    {
        Server.Answer = (http, request) => http.Response.WriteAsJsonAsync(
            request.Url.EndsWith("/missing", StringComparison.Ordinal) ? Server.Result(request, RenderOutcome.Failed, 404) : Server.Result(request), FleetJson.Options);
        var urls = Enumerable.Range(0, 30).Select(n => $"{ManagerUnderTest.Host}/{n}").Append($"{ManagerUnderTest.Host}/missing").Append("http://elsewhere.example/").Append($"{ManagerUnderTest.Host}/7").ToList();

        using var created = await PostAsync(new { urls, render = new { formats = new[] { "markdown" }, deadlineMs = 5000 } });
        Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
        var id = (await created.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;
        Assert.Equal($"/jobs/{id}", created.Headers.Location?.OriginalString);
        var job = await EndAsync(id);

        Assert.Equal((JobState.Completed, JobKind.Batch, 32, 32, 30, 1, 1), (job.State, job.Kind, job.Total, job.Done, job.Succeeded, job.Failed, job.Skipped));
        var results = await ResultsAsync(id, limit: 7);
        Assert.Equal(urls.Distinct().Order(), results.Select(result => result.Url).Order());
        var missing = results.Single(result => result.Url.EndsWith("/missing", StringComparison.Ordinal));
        Assert.Equal((JobUrlOutcome.Failed, 404, "failed", "The page has the status 404."), (missing.Outcome, missing.Status, missing.Reason, missing.Detail));
        Assert.Equal((JobUrlOutcome.Skipped, "not-allowed"), (results.Single(result => result.Outcome == JobUrlOutcome.Skipped).Outcome, results.Single(result => result.Outcome == JobUrlOutcome.Skipped).Reason));
        Assert.Equal(31, Server.Calls.Count);
        Assert.All(Server.Calls, call => Assert.Equal((0, RenderFormat.Markdown, true), (call.Request.Priority, call.Request.Formats!.Single(), call.Request.DeadlineMs is > 0 and <= 5000)));
    }

    [Fact]
    public async Task Render_OfAVisitorDuringAJob_IsNotBehindTheJob()
    {
        await RestartAsync("--Manager:RendersPerSlot=1", "--Jobs:Concurrency=16", "--Jobs:MaxConcurrency=16");
        var (order, gate) = (new ConcurrentQueue<string>(), new SemaphoreSlim(0));
        Server.Answer = async (http, request) =>
        {
            order.Enqueue(request.Url);
            await gate.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsJsonAsync(Server.Result(request), FleetJson.Options);
        };
        var id = await CreateAsync(new { urls = Urls(16) });
        await Eventually.TrueAsync(async () => (await Manager.GetFleetAsync()).Queued == 14, () => "two renders of the job run, the others wait");
        var visitor = Manager.RenderAsync(new() { Url = ManagerUnderTest.Realm + "visitor", Priority = 10 });
        await Eventually.TrueAsync(async () => (await Manager.GetFleetAsync()).Queued == 15, () => "the visitor waits as well");

        gate.Release(3);
        await Eventually.TrueAsync(() => order.Count >= 4, () => "renders go on");
        gate.Release(100);
        await visitor;
        Assert.Equal(JobState.Completed, (await EndAsync(id)).State);
        Assert.InRange(order.ToList().IndexOf(ManagerUnderTest.Realm + "visitor"), 0, 5);
    }

    [Fact]
    public async Task Events_RunningJob_SendsEachChangeAndEndsWithTheJob()
    {
        var release = Hold();
        var id = await CreateAsync(new { urls = Urls(3) });
        using var response = await Manager.Client.GetAsync($"/jobs/{id}/events", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var seen = new List<JobStatus>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                seen.Add(JsonSerializer.Deserialize<JobStatus>(line["data: ".Length..], FleetJson.Options)!);
                release();
            }
        }

        Assert.Equal((JobState.Completed, 3), (seen[^1].State, seen[^1].Done));
        Assert.True(seen.Count >= 2 && seen[0].Done == 0, $"{seen.Count} events");
    }

    [Fact]
    public async Task Create_FleetCannotRender_WaitsAndFinallyListsTheReason()
    {
        await RestartAsync("--Jobs:UrlTimeout=00:00:08");
        var calls = 0;
        var result = Server.Answer;
        Server.Answer = (http, request) => Interlocked.Increment(ref calls) < 3 ? FakeServer.Unavailable("queue-full")(http, request) : result(http, request);
        Assert.Equal((JobState.Completed, 1), (await EndAsync(await CreateAsync(new { urls = Urls(1) })) is var job ? (job.State, job.Succeeded) : default));

        Server.Answer = FakeServer.Unavailable("queue-full");
        var id = await CreateAsync(new { urls = Urls(1) });
        Assert.Equal((JobState.Completed, 1), (await EndAsync(id) is var failed ? (failed.State, failed.Failed) : default));
        Assert.Equal("queue-full", Assert.Single(await ResultsAsync(id)).Reason);
    }
}
