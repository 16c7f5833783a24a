using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

/// <summary>What a server says ahead of its body, and the document alone.</summary>
[Collection(ServerCollection.Name)]
public sealed class DocumentRouteTests(ServerFixture server)
{
    [Theory]
    [InlineData(false, "application/json")]
    [InlineData(true, "text/html")]
    public async Task Renders_ADocument_IsAnsweredInTheFormThatIsAccepted(bool acceptsHtml, string type)
    {
        server.OtherApp.Page("/alone", "<p>alone</p>", 404);
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
        Assert.Equal((type, "404"), (response.Content.Headers.ContentType?.MediaType, Assert.Single(response.Headers.GetValues(FleetHeaders.PageStatus))));
        Assert.True(Enum.TryParse<RenderOutcome>(Assert.Single(response.Headers.GetValues(FleetHeaders.Outcome)), ignoreCase: true, out _));
        Assert.Contains("<p>alone</p>", body, StringComparison.Ordinal);
        Assert.Equal(acceptsHtml, body.StartsWith('<'));
    }
}
