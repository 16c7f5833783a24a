using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Manager.Servers;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary>The failures of all servers at one address.</summary>
public sealed class FailureRouteTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private ManagerUnderTest _manager = null!;

    public async ValueTask InitializeAsync() => _manager = await ManagerUnderTest.StartAsync("--Manager:OperatorTimeout=00:00:03");

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task List_TwoServers_IsOneListNewestFirst()
    {
        var first = await AddAsync("prerender-0", Failure(1, 0), Failure(2, 20));
        var second = await AddAsync("prerender-1", Failure(1, 10));
        var report = await ListAsync();
        Assert.Equal(
            [$"/failures/{first.Incarnation}/2", $"/failures/{second.Incarnation}/1", $"/failures/{first.Incarnation}/1"],
            report.Failures.Select(failure => failure.Record));
        Assert.Equal(["prerender-0", "prerender-1", "prerender-0"], report.Failures.Select(failure => failure.Server));
        Assert.Equal([("prerender-0", true, 2), ("prerender-1", true, 1)], report.Servers.Select(server => (server.Name, server.Done, server.Affected)));
    }

    [Fact]
    public async Task List_ServersThatAreDownSilentOrReturnGarbage_NamesEachWithItsReason()
    {
        await AddAsync("prerender-0", Failure(1, 0));
        var dead = await AddAsync("prerender-1");
        await dead.StopAsync();
        (await AddAsync("prerender-2")).Operate = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        (await AddAsync("prerender-3")).Operate = http => http.Response.WriteAsync("<html>");
        (await AddAsync("prerender-4")).Operate = http => http.Response.WriteAsync(new string(' ', 2 * 1024 * 1024) + "[]");

        var report = await ListAsync();
        Assert.Single(report.Failures);
        Assert.Equal([true, false, false, false, false], report.Servers.Select(server => server.Done));
        Assert.Contains("Manager:OperatorTimeout", report.Servers[2].Detail, StringComparison.Ordinal);
        Assert.All(report.Servers.Skip(1), server => Assert.NotEmpty(server.Detail));
    }

    [Fact]
    public async Task List_ManyFailures_IsBounded()
    {
        for (var server = 0; server < 5; server++)
        {
            await AddAsync($"prerender-{server}", [.. Enumerable.Range(1, 50).Select(id => Failure(id, (id * 5) + server))]);
        }

        var report = await ListAsync();
        Assert.Equal(FailureRecords.MaxFailures, report.Failures.Count);
        Assert.Equal(report.Failures.OrderByDescending(failure => failure.At), report.Failures);
        Assert.Equal(s_now.AddSeconds(254), report.Failures[0].At);
    }

    [Theory]
    [InlineData("", "GET /failures/17", "application/json")]
    [InlineData("/screenshot", "GET /failures/17/screenshot", "image/jpeg")]
    public async Task Read_ByNameOrIncarnation_PassesTheRecordThrough(string suffix, string asked, string type)
    {
        var server = await AddAsync("prerender-0");
        server.Operate = http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("the record");
        };
        foreach (var id in new[] { server.Name, server.Incarnation })
        {
            using var response = await SendAsync($"/failures/{id}/17{suffix}");
            Assert.Equal("the record", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        }

        Assert.Equal([asked, asked], server.Operations);
    }

    [Fact]
    public async Task Read_UnknownServerRecordOrSilence_IsAProblem()
    {
        var server = await AddAsync("prerender-0");
        using var noServer = await SendAsync("/failures/nobody/1");
        await ManagerUnderTest.AssertProblemAsync(noServer, 404, "no-such-server");

        server.Operate = http => Task.FromResult(http.Response.StatusCode = StatusCodes.Status404NotFound);
        using var noFailure = await SendAsync("/failures/prerender-0/1");
        await ManagerUnderTest.AssertProblemAsync(noFailure, 404, "no-such-failure");

        server.Operate = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        using var silent = await SendAsync("/failures/prerender-0/1/screenshot");
        await ManagerUnderTest.AssertProblemAsync(silent, 502, "no-answer");
    }

    [Theory]
    [InlineData("/failures")]
    [InlineData("/failures/prerender-0/1")]
    [InlineData("/failures/prerender-0/1/screenshot")]
    public async Task Read_WithoutKey_Is401AndContactsNoServer(string route)
    {
        var server = await AddAsync("prerender-0");
        using var response = await _manager.Client.GetAsync(route, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(response, 401, "wrong-admin-key");
        Assert.Empty(server.Operations);
    }

    [Fact]
    public async Task Render_ThatFailed_LinksItsRecordInProblemAndHeader()
    {
        var server = await AddAsync("prerender-0");
        var link = FailedRender.LinkTo(server.Incarnation, 17);
        server.Answer = (http, request) =>
        {
            Write(http, RenderOutcome.TimedOut, 200, link);
            return http.Response.WriteAsJsonAsync(server.Result(request, RenderOutcome.TimedOut) with { Formats = new Dictionary<RenderFormat, string>(), Diagnostics = new() { Record = link } }, FleetJson.Options);
        };

        Assert.Equal(link, (await _manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card })).Diagnostics?.Record);

        using var problem = await _manager.Client.GetAsync("/render?url=" + Uri.EscapeDataString(ManagerUnderTest.Card), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.GatewayTimeout, problem.StatusCode);
        Assert.Equal(link, problem.Headers.GetValues(FleetHeaders.Record).Single());
        Assert.Contains(link, await problem.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/failures/abc/17", true)]
    [InlineData("https://elsewhere.example/failures/abc/17", false)]
    public async Task Render_ErrorPageAsDocument_LinksItsRecordInTheHeader(string sent, bool passes)
    {
        var server = await AddAsync("prerender-0");
        server.Answer = (http, _) =>
        {
            Write(http, RenderOutcome.Failed, 404, sent);
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync("<p>not found");
        };
        using var document = await _manager.Client.GetAsync("/render?url=" + Uri.EscapeDataString(ManagerUnderTest.Card), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, document.StatusCode);
        Assert.Equal(passes ? sent : null, document.Headers.TryGetValues(FleetHeaders.Record, out var values) ? values.Single() : null);
    }

    private static void Write(HttpContext http, RenderOutcome outcome, int status, string record)
    {
        http.Response.Headers[FleetHeaders.Outcome] = outcome.ToString();
        http.Response.Headers[FleetHeaders.PageStatus] = status.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[FleetHeaders.Record] = record;
    }

    private static FailedRender Failure(long id, int second) => new()
    {
        Id = id, At = s_now.AddSeconds(second), RequestId = $"r{id}", Url = ManagerUnderTest.Card, Outcome = RenderOutcome.TimedOut, Server = "another", Record = "/failures/another/1",
    };

    private async Task<FakeServer> AddAsync(string name, params FailedRender[] failures)
    {
        var server = await _manager.AddServerAsync(name);
        server.Operate = http => http.Response.WriteAsJsonAsync(failures, FleetJson.Options);
        return server;
    }

    private async Task<FailureReport> ListAsync()
    {
        using var response = await SendAsync("/failures");
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
        return (await response.Content.ReadFromJsonAsync<FailureReport>(FleetJson.Options, TestContext.Current.CancellationToken))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagerUnderTest.AdminKey);
        return await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
