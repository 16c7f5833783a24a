using System.Diagnostics;
using System.Globalization;
using System.Net;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary>Renders through the real manager to servers that misbehave.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };
    private ManagerUnderTest _manager = null!;

    // No probe interferes while a test observes how a server is treated.
    public async ValueTask InitializeAsync() => _manager = await ManagerUnderTest.StartAsync("--Manager:AnswerGrace=00:00:00.300", "--Manager:ProbeInterval=00:01:00");

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task Post_SmallestRequest_IsRenderedForItsRealm()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        using var response = await _manager.PostAsync($$"""{"url":"{{ManagerUnderTest.Card}}"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("realm:" + ManagerUnderTest.Realm, Assert.Single(server.Calls).Request.Affinity);
    }

    [Fact]
    public async Task Post_ToAServer_CarriesDeadlineRequestIdTraceAndAdminKey()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/renders") { Content = JsonContent(s_request with { DeadlineMs = 20_000 }) };
        request.Headers.Add(FleetHeaders.RequestId, "my-id-1");
        request.Headers.Add(FleetHeaders.DeadlineMs, "5000");
        request.Headers.CacheControl = new() { NoStore = true };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var headers = Assert.Single(server.Calls).Headers;
        Assert.InRange(int.Parse(headers[FleetHeaders.DeadlineMs], CultureInfo.InvariantCulture), 1, 5000);
        Assert.Equal("my-id-1", headers[FleetHeaders.RequestId]);
        Assert.Equal("no-cache", headers["Cache-Control"]);
        Assert.Equal("my-id-1", Assert.Single(response.Headers.GetValues(FleetHeaders.RequestId)));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", headers["traceparent"], StringComparison.Ordinal);
        var token = headers["Authorization"]["Bearer ".Length..];
        Assert.True(ServiceToken.IsValid(token, ManagerUnderTest.Keys.Services!, ServiceToken.PrerenderServer(server.Incarnation), DateTimeOffset.UtcNow));
    }

    [Theory]
    [InlineData("refuse")]
    [InlineData("break")]
    [InlineData("draining")]
    [InlineData("queue-full")]
    [InlineData("garbage")]
    [InlineData("error")]
    [InlineData("noVerdict")]
    public async Task Post_FirstServerDoesNotRender_TheOtherDoes(string fault)
    {
        var (first, second) = await _manager.AddTwoServersAsync();
        await InflictAsync(first, fault);
        var result = await _manager.RenderAsync(s_request);
        Assert.Equal((RenderOutcome.Rendered, second.Name), (result.Outcome, result.Page?.Server));
    }

    [Theory]
    [InlineData("draining", false)]
    [InlineData("queue-full", true)]
    [InlineData("garbage", true)]
    [InlineData("noVerdict", true)]
    public async Task Post_AfterAFault_OnlyEvidenceAboutTheServerKeepsRendersAway(string fault, bool isAskedAgain)
    {
        var (first, _) = await _manager.AddTwoServersAsync();
        await InflictAsync(first, fault);
        await _manager.RenderAsync(s_request);
        var asked = first.Calls.Count;

        await _manager.RenderAsync(s_request);
        Assert.Equal(isAskedAgain, first.Calls.Count > asked);
    }

    [Theory]
    [InlineData(RenderOutcome.Failed)]
    [InlineData(RenderOutcome.TimedOut)]
    [InlineData(RenderOutcome.Unauthorized)]
    [InlineData(RenderOutcome.Unusable)]
    [InlineData(RenderOutcome.NotAPage)]
    public async Task Post_Verdict_IsNeverRetried(RenderOutcome outcome)
    {
        var (first, second) = await _manager.AddTwoServersAsync();
        first.Answer = (http, request) => http.Response.WriteAsJsonAsync(first.Result(request, outcome), FleetJson.Options);
        var result = await _manager.RenderAsync(s_request);
        Assert.Equal(outcome, result.Outcome);
        Assert.Empty(second.Calls);
    }

    [Fact]
    public async Task Post_NoVerdictOnTheOnlyServer_IsTriedThereAgainThreeTimesAtMost()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        await InflictAsync(server, "noVerdict");
        var result = await _manager.RenderAsync(s_request);
        Assert.Equal(RenderOutcome.NoVerdict, result.Outcome);
        Assert.Equal(3, server.Calls.Count);
    }

    [Fact]
    public async Task Post_Retry_HasLessTimeLeft()
    {
        var (first, second) = await _manager.AddTwoServersAsync();
        first.Answer = async (http, request) =>
        {
            await Task.Delay(60);
            await FakeServer.Unavailable("queue-full")(http, request);
        };
        await _manager.RenderAsync(s_request with { DeadlineMs = 5000 });
        int Left(FakeServer server) => int.Parse(Assert.Single(server.Calls).Headers[FleetHeaders.DeadlineMs], CultureInfo.InvariantCulture);
        Assert.True(Left(first) - Left(second) >= 50, $"The first had {Left(first)} ms, the second {Left(second)} ms.");
    }

    [Fact]
    public async Task Post_EveryServerFull_SaysSo()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = FakeServer.Unavailable("queue-full");
        using var response = await _manager.PostAsync(s_request);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 503, "queue-full");
        Assert.Contains("I say queue-full.", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Post_ServerAnswersGarbage_IsNoVerdict()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        await InflictAsync(server, "garbage");
        var result = await _manager.RenderAsync(s_request);
        Assert.Equal(RenderOutcome.NoVerdict, result.Outcome);
        Assert.Contains("prerender-0", result.Diagnostics?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ResultOverTheBound_Is502ThatNamesTheSettingAndIsNotRetried()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxResultBytes=2048");
        var (first, second) = await manager.AddTwoServersAsync();
        first.Answer = (http, request) => http.Response.WriteAsJsonAsync(
            first.Result(request) with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = new('x', 10_000) } }, FleetJson.Options);
        using var response = await manager.PostAsync(s_request);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 502, "result-too-large");
        Assert.Contains("2048 bytes (Manager:MaxResultBytes)", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.Empty(second.Calls);
    }

    [Fact]
    public async Task Post_ManyAtOnce_AreSharedByTheServersAndLeaveNothingBehind()
    {
        var (first, second) = await _manager.AddTwoServersAsync();
        _manager.UseAdminKey();
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _manager.RenderAsync(s_request with { Url = s_request.Url + i, Affinity = $"user:{i % 20}" })));
        Assert.All(results, result => Assert.Equal(RenderOutcome.Rendered, result.Outcome));
        Assert.InRange(first.Calls.Count, 40, 160);
        Assert.Equal(200, first.Calls.Count + second.Calls.Count);
        Assert.All((await _manager.GetFleetAsync()).Servers, server => Assert.Equal(0, server.InFlight));
    }

    [Fact]
    public async Task Post_ServerNeverAnswers_EndsAtTheDeadlinePlusItsGrace()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = FakeServer.NeverAnswerAsync;
        var watch = Stopwatch.StartNew();
        using var response = await _manager.PostAsync(s_request with { DeadlineMs = 1_000 });
        await ManagerUnderTest.AssertProblemAsync(response, 504, "deadline");
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(1_250), TimeSpan.FromSeconds(20));
        await server.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(ServerState.Ready, Assert.Single((await _manager.GetFleetAsync()).Servers).Record.State);
    }

    [Fact]
    public async Task Post_CallerDisconnects_TheServersRequestIsCancelledAndThePermitIsFree()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = FakeServer.NeverAnswerAsync;
        using var caller = new CancellationTokenSource();
        var render = _manager.PostAsync(s_request, caller.Token);
        await Eventually.TrueAsync(() => !server.Calls.IsEmpty, () => "the render at the server");
        Assert.Equal(1, Assert.Single((await _manager.GetFleetAsync()).Servers).InFlight);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => render);
        await server.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            async () => await _manager.GetFleetAsync() is { InFlight: 0, Servers: [{ InFlight: 0 }] },
            () => "nothing in flight");
    }

    [Fact]
    public async Task Post_CallerDisconnectsDuringDiscovery_NoServerGetsTheRender()
    {
        using var caller = new CancellationTokenSource();
        var render = _manager.PostAsync(s_request, caller.Token);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).InFlight == 1, () => "the render in flight");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => render);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).InFlight == 0, () => "nothing in flight");

        var server = await _manager.AddServerAsync("prerender-0");
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Post_PageCrashesTwice_TheUrlIsQuarantinedAndNoThirdBrowserIsRisked()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = (http, request) => http.Response.WriteAsJsonAsync(
            server.Result(request, RenderOutcome.NoVerdict) with { Page = new RenderPage("prerender-0", 1, true) { Crashed = true } }, FleetJson.Options);
        using var first = await _manager.PostAsync(s_request);
        await ManagerUnderTest.AssertProblemAsync(first, 503, "quarantined");
        using var second = await _manager.PostAsync(s_request);
        await ManagerUnderTest.AssertProblemAsync(second, 503, "quarantined");
        Assert.NotNull(second.Headers.RetryAfter?.Delta);
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Post_SiteIsDown_IsNoVerdictEachTimeAndNeverQuarantined()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = (http, request) => http.Response.WriteAsJsonAsync(
            server.Result(request, RenderOutcome.NoVerdict) with { Page = new RenderPage("prerender-0", 1, true), Diagnostics = new() { Message = "ERR_CONNECTION_REFUSED" } }, FleetJson.Options);
        Assert.Equal(RenderOutcome.NoVerdict, (await _manager.RenderAsync(s_request)).Outcome);
        Assert.Equal(RenderOutcome.NoVerdict, (await _manager.RenderAsync(s_request)).Outcome);
    }

    [Fact]
    public async Task Post_ServerBecomesReadyMeanwhile_IsUsed()
    {
        var server = await _manager.AddServerAsync("prerender-0", ServerState.Warming);
        var render = _manager.RenderAsync(s_request);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).InFlight == 1, () => "the render in flight");
        await server.RegisterAsync(_manager.Registry);
        Assert.Equal(RenderOutcome.Rendered, (await render).Outcome);
    }

    private static Task InflictAsync(FakeServer server, string fault)
    {
        server.Answer = fault switch
        {
            "break" => FakeServer.BreakConnectionAsync,
            "draining" or "queue-full" => FakeServer.Unavailable(fault),
            "garbage" => (http, _) => http.Response.WriteAsync("<html>not for you"),
            "error" => (http, _) =>
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return Task.CompletedTask;
            },
            "noVerdict" => (http, request) => http.Response.WriteAsJsonAsync(server.Result(request, RenderOutcome.NoVerdict), FleetJson.Options),
            _ => server.Answer,
        };
        return fault == "refuse" ? server.StopAsync() : Task.CompletedTask;
    }

    private static System.Net.Http.Json.JsonContent JsonContent(RenderRequest request) =>
        System.Net.Http.Json.JsonContent.Create(request, options: FleetJson.Options);
}
