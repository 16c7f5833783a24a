using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

/// <summary>The outcome headers of a response, and the response with only the document.</summary>
[Collection(ServerCollection.Name)]
public sealed class DocumentRouteTests(ServerFixture server)
{
    [Theory]
    [InlineData(false, 404, "application/json")]
    [InlineData(true, 404, "text/html")]
    // The manager does not send these documents; it reports why there is none, and whether to retry.
    [InlineData(true, 401, "application/json")]
    [InlineData(true, 503, "application/json")]
    public async Task Renders_ADocument_IsAnsweredInTheFormThatIsAccepted(bool acceptsHtml, int status, string type)
    {
        server.OtherApp.Page("/alone", "<p>alone</p>", status);
        using var request = new HttpRequestMessage(HttpMethod.Post, "renders")
        {
            Content = JsonContent.Create(new RenderRequest { Url = server.OtherApp["alone"].AbsoluteUri, Formats = [RenderFormat.Html] }, options: FleetJson.Options),
        };
        if (acceptsHtml)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        }

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal((type, $"{status}"), (response.Content.Headers.ContentType?.MediaType, Assert.Single(response.Headers.GetValues(FleetHeaders.PageStatus))));
        Assert.True(Enum.TryParse<RenderOutcome>(Assert.Single(response.Headers.GetValues(FleetHeaders.Outcome)), ignoreCase: true, out _));
        Assert.Equal(type == "text/html", body.StartsWith('<'));
        Assert.Contains(type == "text/html" ? "<p>alone</p>" : $"The page answers with status {status}.", body, StringComparison.Ordinal);
    }
}
