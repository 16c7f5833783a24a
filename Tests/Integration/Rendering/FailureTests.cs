using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.Browser;

namespace Fleet.Tests.Rendering;

/// <summary>The records of failed renders.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class FailureTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failures_PageThatLoops_IsToldWithStackDocumentAndScreenshot()
    {
        const string Page = "<h1>stuck here</h1><script>function spin() { for (;;); } setTimeout(spin, 100)</script>";
        // The first page of a site that hangs may be without the debugger.
        await server.RenderPageAsync(Page, deadlineMs: 1_500);
        var result = await server.RenderPageAsync(Page, deadlineMs: 1_500);
        Assert.Equal(RenderOutcome.TimedOut, result.Outcome);
        var failure = await FailureOfAsync(result.Url, f => f.GetProperty("hasScreenshot").GetBoolean() && f.GetProperty("diagnostics").TryGetProperty("stack", out _));
        Assert.Equal("timedOut", failure.GetProperty("outcome").GetString());
        Assert.EndsWith($"/{failure.GetProperty("id")}", result.Diagnostics?.Record, StringComparison.Ordinal);
        Assert.True(FailedRender.IsLink(result.Diagnostics?.Record), result.Diagnostics?.Record);
        Assert.Contains("spin", failure.GetProperty("diagnostics").GetProperty("stack").GetString(), StringComparison.Ordinal);
        Assert.Contains("stuck here", failure.GetProperty("html").GetString(), StringComparison.Ordinal);
        using var screenshot = await server.Client.GetAsync($"failures/{failure.GetProperty("id")}/screenshot", Token);
        Assert.Equal("image/jpeg", screenshot.Content.Headers.ContentType!.MediaType);
        Assert.Equal([0xFF, 0xD8], (await screenshot.Content.ReadAsByteArrayAsync(Token))[..2]);
    }

    [Fact]
    public async Task Failures_PageThatAnswers500_IsToldWithConsoleAndRequests()
    {
        var result = await server.RenderPageAsync("<p>sorry</p><script>console.error('oh no')</script>", 500);
        var failure = await FailureOfAsync(result.Url, f => f.TryGetProperty("html", out _));
        Assert.Contains("oh no", failure.GetProperty("diagnostics").GetProperty("console")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("sorry", failure.GetProperty("html").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_UnknownId_Is404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("failures/999999", Token)).StatusCode);

    [Fact]
    public async Task Renders_UrlThatHangsAgainAndAgain_IsRefusedQuickly()
    {
        var path = $"/hangs-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, "<script>for (;;);</script>");
        var request = new RenderRequest { Url = server.OtherApp[path].AbsoluteUri, DeadlineMs = 500, Affinity = "user:breaker" };
        List<RenderResult> results = [];
        using var refused = await UntilRefusedAsync();
        Assert.True(HangsAtTheEnd() == 3, string.Join('\n', results.Select(result => $"{result.Outcome}: {result.Diagnostics?.Message}")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("breaker-open", (await refused.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("reason").GetString());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(RenderOutcome.Rendered, (await server.RenderPageAsync("<p>other</p>")).Outcome);

        // A render without a page within half a second did not load the URL, and one whose page still loads did not hang it: on a busy
        // machine it takes some tries.
        async Task<HttpResponseMessage> UntilRefusedAsync()
        {
            for (var tries = 0; ; tries++)
            {
                var response = await server.Client.PostAsJsonAsync("renders", request, FleetJson.Options, Token);
                if (tries == 40 || response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.GatewayTimeout))
                {
                    return response;
                }

                if (response.StatusCode == HttpStatusCode.OK)
                {
                    results.Add((await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!);
                }

                response.Dispose();
            }
        }

        // Any other verdict on the URL clears it.
        int HangsAtTheEnd() => results
            .AsEnumerable().Reverse()
            .TakeWhile(result => result.Outcome is RenderOutcome.TimedOut or RenderOutcome.NoVerdict)
            .Count(result => result.Diagnostics!.Message!.Contains("the page is busy", StringComparison.Ordinal));
    }

    private async Task<JsonElement> FailureOfAsync(string url, Func<JsonElement, bool> complete)
    {
        JsonElement failure = default;
        for (var i = 0; i < 400; i++)
        {
            var all = await server.Client.GetFromJsonAsync<JsonElement>("failures", Token);
            var listed = all.EnumerateArray().FirstOrDefault(f => f.GetProperty("url").GetString() == url);
            if (listed.ValueKind == JsonValueKind.Object)
            {
                failure = await server.Client.GetFromJsonAsync<JsonElement>($"failures/{listed.GetProperty("id")}", Token);
                if (complete(failure))
                {
                    return failure;
                }
            }

            await Task.Delay(50, Token);
        }

        Assert.Fail($"Expected a complete failure of {url} within 20 s. Seen: {failure}");
        return failure;
    }
}
