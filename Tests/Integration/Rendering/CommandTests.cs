using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Commands;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Commands: run for a user, started at most once, answered with the same result however often they are sent.</summary>
[Collection(ServerCollection.Name)]
public sealed class CommandTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_SentTwice_RunOnceAndAnswerAlike()
    {
        var writes = CountWrites();
        var request = Command("write", new { text = "once" });
        var first = await RunAsync(request, "once-1");
        var second = await RunAsync(request, "once-1");
        Assert.Equal((RenderOutcome.Rendered, 200), (first.Outcome, first.Data!.Value.GetInt32()));
        Assert.NotNull(first.StartedAt);
        Assert.Equal((first.StartedAt, first.Page), (second.StartedAt, second.Page));
        Assert.Equal(1, writes());

        await RunAsync(request, "once-2");
        Assert.Equal(2, writes());
    }

    [Fact]
    public async Task Commands_SentTwiceAtOnce_RunOnceAndBothAreAnswered()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var writes = CountWrites(async () =>
        {
            arrived.TrySetResult();
            await release.Task;
        });
        var request = Command("write", new { text = "together" });
        var first = RunAsync(request, "together");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        var second = RunAsync(request, "together");
        release.SetResult();
        Assert.Equal((await first).StartedAt, (await second).StartedAt);
        Assert.Equal(1, writes());
    }

    [Fact]
    public async Task Commands_ClientDisconnects_ResultIsKeptForTheRepeatedRequest()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var writes = CountWrites(async () =>
        {
            arrived.TrySetResult();
            await release.Task;
        });
        var request = Command("write", new { text = "left" });
        using var client = new CancellationTokenSource();
        var left = PostAsync(request, "left", client.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        release.SetResult();
        Assert.Equal(200, (await RunAsync(request, "left")).Data!.Value.GetInt32());
        Assert.Equal(1, writes());
    }

    [Theory]
    [InlineData(0, "The command was not started")]
    [InlineData(1, "It is unknown whether the command was recorded as started")]
    public async Task Commands_RegistryIsLost_ReportsWhatIsKnownAndReturnsThePage(int after, string says)
    {
        var key = Guid.NewGuid().ToString("N");
        server.Commands.AwayAfter[key] = after;
        await AssertProblemAsync(await PostAsync(Command("nothing", null) with { Affinity = "user:away" }, key, Token), HttpStatusCode.ServiceUnavailable, "registry-away", says);
        // The page is returned while the answer is sent.
        await Eventually.Async(() => !server.Pool.Snapshot.Slots.Any(slot => slot.State == PrerenderServer.Pool.Core.State.SlotState.Leased && slot.Affinity == "user:away"), "the page is given back",
            () => string.Join(", ", server.Pool.Snapshot.Slots));
    }

    [Fact]
    public async Task Commands_RegistryIsLostWhileAStartedCommandIsAwaited_ReportsThatItWasStarted()
    {
        var request = Command("nothing", null);
        var key = Guid.NewGuid().ToString("N");
        var start = TimeProvider.System.GetUtcNow();
        await server.Registry.Commands.StartAsync("user:ada", key, new CommandRecord("", "prerender-9", start, TimeSpan.FromMinutes(1)), Token);
        server.Commands.AwayAfter[key] = 1;
        await AssertProblemAsync(await PostAsync(request, key, Token), HttpStatusCode.ServiceUnavailable, "registry-away", "The command was started at");
    }

    [Theory]
    [InlineData("add", RenderOutcome.Rendered, null)]
    [InlineData("nothing", RenderOutcome.Rendered, null)]
    [InlineData("unknown", RenderOutcome.Failed, "no command unknown")]
    [InlineData("forbidden", RenderOutcome.Unauthorized, "not yours")]
    public async Task Commands_EachEnd_HasItsOutcome(string name, RenderOutcome outcome, string? says)
    {
        var result = await RunAsync(Command(name, new { a = 1, b = 2 }), Guid.NewGuid().ToString("N"));
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(says, result.Diagnostics?.Message);
        Assert.Equal(name == "add" ? 3 : null, result.Data?.GetProperty("sum").GetInt32());
    }

    [Fact]
    public async Task Commands_ThatLoops_TimesOutAndIsNotStartedAgain()
    {
        var request = Command("loop", null) with { DeadlineMs = 1_500, Affinity = "user:loops" };
        await RunAsync(Command("nothing", null) with { Affinity = "user:loops" }, Guid.NewGuid().ToString("N"));
        var late = await RunAsync(request, "loops");
        Assert.Equal((RenderOutcome.TimedOut, "run"), (late.Outcome, late.Diagnostics?.Stage));
        var again = await RunAsync(request with { DeadlineMs = 30_000 }, "loops");
        Assert.Equal((RenderOutcome.TimedOut, late.StartedAt), (again.Outcome, again.StartedAt));
    }

    [Fact]
    public async Task Commands_LostWithItsServer_IsReportedAndNotStartedAgain()
    {
        var writes = CountWrites();
        var request = Command("write", new { text = "lost" });
        var fingerprint = new PrerenderServer.Rendering.Operations.CommandCall("write", request.Input!.Value.GetRawText(), "lost").Fingerprint;
        var start = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1);
        await server.Registry.Commands.StartAsync("user:ada", "lost", new CommandRecord(fingerprint, "prerender-9", start, TimeSpan.FromMilliseconds(1)), Token);
        var result = await RunAsync(request, "lost");
        Assert.Equal((RenderOutcome.NoVerdict, start), (result.Outcome, result.StartedAt));
        Assert.Contains("prerender-9", result.Diagnostics!.Message, StringComparison.Ordinal);
        Assert.Equal(0, writes());
    }

    [Fact]
    public async Task Commands_KeyUsedForAnotherCommand_IsRefused()
    {
        await RunAsync(Command("add", new { a = 1, b = 2 }), "reused");
        await AssertProblemAsync(await PostAsync(Command("add", new { a = 1, b = 3 }), "reused", Token), HttpStatusCode.UnprocessableEntity, "key-reused", "Idempotency-Key");
    }

    [Theory]
    [InlineData("add", "user:ada", null, "Idempotency-Key")]
    [InlineData("add", "realm:http://127.0.0.1/", "k", "affinity")]
    [InlineData("alert(1)", "user:ada", "k", "command")]
    public async Task Commands_BadInput_IsAProblemThatNamesIt(string name, string affinity, string? key, string field) =>
        await AssertProblemAsync(await PostAsync(Command(name, null) with { Affinity = affinity }, key, Token), HttpStatusCode.BadRequest, "invalid-request", field);

    [Fact]
    public async Task Commands_InputWithAHostileName_IsDataAndNothingElse()
    {
        using var content = new StringContent("""{"command":"add","affinity":"user:ada","input":{"__proto__":{"a":5},"b":"\u2028</script>`${1}`"}}""", System.Text.Encoding.UTF8, "application/json");
        content.Headers.Add(FleetHeaders.IdempotencyKey, "hostile");
        using var response = await server.Client.PostAsync("commands", content, Token);
        var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
        Assert.Equal("undefined\u2028</script>`${1}`", result.Data!.Value.GetProperty("sum").GetString());
    }

    private Func<int> CountWrites(Func<Task>? before = null)
    {
        var writes = 0;
        server.Site.Routes["/elements/written"] = async http =>
        {
            Interlocked.Increment(ref writes);
            await (before?.Invoke() ?? Task.CompletedTask);
            http.Response.StatusCode = 200;
        };
        return () => Volatile.Read(ref writes);
    }

    private static CommandRequest Command(string name, object? input) =>
        new() { Command = name, Affinity = "user:ada", Input = input is null ? null : JsonSerializer.SerializeToElement(input) };

    private async Task<RenderResult> RunAsync(CommandRequest request, string key)
    {
        using var response = await PostAsync(request, key, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"Expected a result. Seen: {(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)!;
    }

    private Task<HttpResponseMessage> PostAsync(CommandRequest request, string? key, CancellationToken cancellationToken)
    {
        var content = JsonContent.Create(request, options: FleetJson.Options);
        if (key is not null)
        {
            content.Headers.Add(FleetHeaders.IdempotencyKey, key);
        }

        return server.Client.PostAsync("commands", content, cancellationToken);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string reason, string says)
    {
        using (response)
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
            Assert.Equal((status, reason), (response.StatusCode, problem.GetProperty("reason").GetString()));
            Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }
}
