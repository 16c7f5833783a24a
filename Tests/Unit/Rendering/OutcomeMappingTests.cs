using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.Tests.Rendering;

public class OutcomeMappingTests
{
    [Theory]
    [InlineData(200, RenderOutcome.Rendered)]
    [InlineData(301, RenderOutcome.Rendered)]
    [InlineData(401, RenderOutcome.Unauthorized)]
    [InlineData(403, RenderOutcome.Failed)]
    [InlineData(404, RenderOutcome.Failed)]
    [InlineData(500, RenderOutcome.Failed)]
    [InlineData(503, RenderOutcome.Failed)]
    public void OfOwnStatus_AnyStatus_IsAVerdict(int status, RenderOutcome expected) => Assert.Equal(expected, OutcomeMapping.OfOwnStatus(status));

    [Theory]
    [InlineData(200, RenderOutcome.Rendered)]
    [InlineData(404, RenderOutcome.Failed)]
    [InlineData(500, RenderOutcome.Failed)]
    [InlineData(429, RenderOutcome.NoVerdict)]
    [InlineData(502, RenderOutcome.NoVerdict)]
    [InlineData(503, RenderOutcome.NoVerdict)]
    [InlineData(504, RenderOutcome.NoVerdict)]
    public void OfHttpStatus_StatusOfAGateway_IsNoVerdict(int status, RenderOutcome expected) => Assert.Equal(expected, OutcomeMapping.OfHttpStatus(status));

    [Theory]
    [InlineData("content", RenderOutcome.Failed)]
    [InlineData("unauthorized", RenderOutcome.Unauthorized)]
    [InlineData("network", RenderOutcome.NoVerdict)]
    [InlineData("superseded", RenderOutcome.NoVerdict)]
    [InlineData("something new", RenderOutcome.Failed)]
    [InlineData(null, RenderOutcome.Failed)]
    public void OfHostError_EachKind_HasItsOutcome(string? kind, RenderOutcome expected) => Assert.Equal(expected, OutcomeMapping.OfHostError(kind));

    [Theory]
    [InlineData("ERR_CONNECTION_REFUSED", true, RenderOutcome.NoVerdict)]
    [InlineData("ERR_NAME_NOT_RESOLVED", true, RenderOutcome.NoVerdict)]
    [InlineData("ERR_NAME_NOT_RESOLVED", false, RenderOutcome.Failed)]
    [InlineData("ERR_TOO_MANY_REDIRECTS", true, RenderOutcome.Failed)]
    [InlineData("ERR_UNSAFE_REDIRECT", true, RenderOutcome.Failed)]
    [InlineData("ERR_ABORTED", true, RenderOutcome.NotAPage)]
    [InlineData(NavigationException.Download, true, RenderOutcome.NotAPage)]
    [InlineData("ERR_SOMETHING_NEW", true, RenderOutcome.NoVerdict)]
    public void OfNavigation_CodeAndFailedUrl_DecideTheOutcome(string code, bool allowed, RenderOutcome expected) => Assert.Equal(expected, OutcomeMapping.OfNavigation(code, allowed));
}
