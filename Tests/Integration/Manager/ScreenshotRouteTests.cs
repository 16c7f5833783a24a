using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary><c>GET /screenshot</c> and <c>GET /pdf</c>: the file as the server took it.</summary>
public sealed class ScreenshotRouteTests : OneServerTestBase
{
    [Fact]
    public async Task Screenshot_OfAPage_IsTheUnchangedFile()
    {
        using var response = await GetAsync("screenshot", "");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0, 255, 1], await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(["rendered"], response.Headers.GetValues(FleetHeaders.Outcome));
        var asked = Assert.Single(Server.Screenshots);
        Assert.Equal((ManagerUnderTest.Card, ScreenshotType.Png, $"realm:{ManagerUnderTest.Realm}"), (asked.Url, asked.Type, asked.Affinity));
    }

    [Fact]
    public async Task Screenshot_WithEveryOption_RequestsThem()
    {
        Manager.UseAdminKey();
        using var response = await GetAsync("screenshot", "&format=fitted&width=600&height=315&scale=2&type=webp&affinity=user:ada");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var asked = Assert.Single(Server.Screenshots);
        Assert.Equal((RenderFormat.Fitted, 600, 315, 2, ScreenshotType.Webp, "user:ada"), (asked.Format, asked.Width, asked.Height, asked.Scale, asked.Type, asked.Affinity));
    }

    [Fact]
    public async Task Pdf_OfAPage_RequestsIt()
    {
        using var response = await GetAsync("pdf", "");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(ScreenshotType.Pdf, Assert.Single(Server.Screenshots).Type);
    }

    [Fact]
    public async Task Pdf_WithOptions_RequestsThem()
    {
        using var response = await GetAsync("pdf", "&landscape=true&paperWidth=4&paperHeight=6.5&marginTop=0&marginRight=0.1&marginBottom=0.2&marginLeft=0.3&scale=0.5&pageRanges=1-3,5&printBackground=false");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            new PdfOptions { Landscape = true, PaperWidth = 4, PaperHeight = 6.5, MarginTop = 0, MarginRight = 0.1, MarginBottom = 0.2, MarginLeft = 0.3, Scale = 0.5, PageRanges = "1-3,5", PrintBackground = false },
            Assert.Single(Server.Screenshots).Pdf);
    }

    [Theory]
    [InlineData("&scale=3", "scale")]
    [InlineData("&scale=NaN", "scale")]
    [InlineData("&paperWidth=4", "paperHeight")]
    [InlineData("&marginTop=-1", "marginTop")]
    [InlineData("&paperWidth=2&paperHeight=2&marginLeft=1&marginRight=1", "marginLeft")]
    [InlineData("&pageRanges=5-3", "pageRanges")]
    [InlineData("&pageRanges=0", "pageRanges")]
    [InlineData("&pageRange=1", "pageRange")]
    public async Task Pdf_InvalidOption_IsRefusedByName(string query, string field)
    {
        using var response = await GetAsync("pdf", query);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Empty(Server.Screenshots);
    }

    [Fact]
    public async Task Screenshot_PageIsNotFound_HasThePagesStatus()
    {
        Server.AnswerScreenshot = (http, _) => FakeServer.SendScreenshotAsync(http, RenderOutcome.Failed, 404);
        using var response = await GetAsync("screenshot", "");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.False(response.Headers.Contains(FleetHeaders.Stability));
    }

    [Fact]
    public async Task Screenshot_NotAllOfThePage_SaysSo()
    {
        Server.AnswerScreenshot = (http, _) =>
        {
            http.Response.Headers[FleetHeaders.Stability] = "capped";
            return FakeServer.SendScreenshotAsync(http, RenderOutcome.Rendered, 200);
        };
        using var response = await GetAsync("screenshot", "");
        Assert.Equal(["capped"], response.Headers.GetValues(FleetHeaders.Stability));
    }

    [Theory]
    [InlineData(RenderOutcome.NoVerdict, 503, 503, "no-verdict")]
    [InlineData(RenderOutcome.Unauthorized, 401, 403, "unauthorized")]
    public async Task Screenshot_ScreenshotOfNoVerdict_IsAProblemAndNoScreenshot(RenderOutcome outcome, int pageStatus, int status, string reason)
    {
        Server.AnswerScreenshot = (http, _) => FakeServer.SendScreenshotAsync(http, outcome, pageStatus);
        using var response = await GetAsync("screenshot", "");
        await ManagerUnderTest.AssertProblemAsync(response, status, reason);
    }

    [Fact]
    public async Task Screenshot_ServerHasNoScreenshot_IsAProblemThatSaysWhy()
    {
        Server.AnswerScreenshot = (http, request) => http.Response.WriteAsJsonAsync(
            Server.Result(request.ToRenderRequest(), RenderOutcome.Failed) with { Diagnostics = new() { Message = "Nothing matches '#x'." } }, FleetJson.Options);
        using var response = await GetAsync("screenshot", "&selector=%23x");
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 502, "failed");
        Assert.Contains("#x", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("screenshot", "&type=gif", "type")]
    [InlineData("screenshot", "&type=pdf", "type")]
    [InlineData("screenshot", "&format=head", "format")]
    [InlineData("screenshot", "&format=17", "format")]
    [InlineData("screenshot", "&format=fitted&selector=p", "format")]
    [InlineData("screenshot", "&scale=5", "scale")]
    [InlineData("screenshot", "&scale=4&width=2560&height=1440", "scale")]
    [InlineData("screenshot", "&width=99", "width")]
    [InlineData("screenshot", "&height=99", "height")]
    [InlineData("screenshot", "&selector=p&fullPage=true", "fullPage")]
    [InlineData("pdf", "&deadlineMs=1", "deadlineMs")]
    public async Task Screenshot_BadInput_IsAProblemThatNamesIt(string route, string query, string field)
    {
        using var response = await GetAsync(route, query);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Contains(field, problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
        Assert.Empty(Server.Screenshots);
    }

    [Fact]
    public async Task Screenshot_AsManyPixelsAsAreAllowed_IsTaken()
    {
        using var response = await GetAsync("screenshot", "&scale=4&width=1920&height=1080");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("&scale=NaN", "'scale' is 'NaN', which is not a whole number")]
    [InlineData("&fullPage=perhaps", "'fullPage' is 'perhaps', which is not true or false")]
    [InlineData("&format=bogus", "'format' is 'bogus', which is none of isolated")]
    public async Task Screenshot_ValueThatCannotBeRead_IsQuotedWithWhatItShouldBe(string query, string expected)
    {
        using var response = await GetAsync("screenshot", query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, ManagerUnderTest.Detail(await response.Content.ReadFromJsonAsync<JsonElement>(Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshot_UrlOutsideTheAllowList_IsNotTaken()
    {
        using var response = await Manager.Client.GetAsync("/screenshot?url=http%3A%2F%2Felsewhere.test%2F", Token);
        await ManagerUnderTest.AssertProblemAsync(response, 400, "not-allowed");
    }

    [Fact]
    public async Task Screenshot_ServerFails_IsTakenByAnother()
    {
        var other = await Manager.AddServerAsync("prerender-1");
        FakeServer[] servers = [Server, other];
        var broken = false;
        foreach (var server in servers)
        {
            server.AnswerScreenshot = (http, _) =>
            {
                if (broken)
                {
                    return FakeServer.SendScreenshotAsync(http, RenderOutcome.Rendered, 200);
                }

                broken = true;
                http.Abort();
                return Task.CompletedTask;
            };
        }

        using var response = await GetAsync("screenshot", "");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([1, 1], servers.Select(server => server.Screenshots.Count));
    }

    private Task<HttpResponseMessage> GetAsync(string route, string query) =>
        Manager.Client.GetAsync($"/{route}?url={Uri.EscapeDataString(ManagerUnderTest.Card)}{query}", Token);
}
