using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Tests.Manager;

public sealed class RenderFailureTests
{
    [Theory]
    [InlineData(RenderOutcome.Rendered, 200, false)]
    [InlineData(RenderOutcome.Unauthorized, 401, false)]
    [InlineData(RenderOutcome.Failed, 404, false)]
    [InlineData(RenderOutcome.Failed, 500, false)]
    [InlineData(RenderOutcome.Failed, 200, true)]
    [InlineData(RenderOutcome.TimedOut, 200, true)]
    [InlineData(RenderOutcome.Unusable, 0, true)]
    [InlineData(RenderOutcome.NotAPage, 200, false)]
    [InlineData(RenderOutcome.NoVerdict, 0, true)]
    public void Explain_Outcome_IsAFailureUnlessItIsTheContentsAnswer(RenderOutcome outcome, int status, bool isFailure)
    {
        var result = new RenderResult { Outcome = outcome, Url = "http://h/", Status = status, Diagnostics = new() { Message = "It\nhangs.", Stage = "settle" } };
        Assert.Equal(isFailure ? "p-0: It hangs. (in step settle)" : null, RenderFailure.Explain(RenderContent.Of(result, server: "p-0")));
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    public void Explain_Error_IsAFailureUnlessTheRequestIsInvalid(int status, bool isFailure) =>
        Assert.Equal(isFailure ? "why" : null, RenderFailure.Explain(new RenderError(status, "reason", "why")));

    [Fact]
    public void Explain_ResultThatWasNotParsed_IsReadForTheReason()
    {
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new RenderResult { Outcome = RenderOutcome.TimedOut, Url = "http://h/", Diagnostics = new() { Message = new string('x', 5_000) } }, FleetJson.Options);
        Assert.Equal("p-0: " + new string('x', 295), RenderFailure.Explain(new RenderContent(new(RenderOutcome.TimedOut, 0), "application/json; charset=utf-8", json) { Server = "p-0" }));
        Assert.Equal("p-0: no reason was given", RenderFailure.Explain(new RenderContent(new(RenderOutcome.TimedOut, 0), "text/html; charset=utf-8", json) { Server = "p-0" }));
    }

    [Theory]
    [InlineData("/failures/abc/17", "p-0: It hangs. [GET /failures/abc/17]")]
    [InlineData("/fleet", "p-0: It hangs.")]
    [InlineData("/failures/a b", "p-0: It hangs.")]
    [InlineData(null, "p-0: It hangs.")]
    public void Explain_ResultWithARecord_NamesItIfItIsOne(string? record, string expected) => Assert.Equal(
        expected,
        RenderFailure.Explain(RenderContent.Of(new() { Outcome = RenderOutcome.TimedOut, Url = "http://h/", Diagnostics = new() { Message = "It hangs.", Record = record } }, server: "p-0")));

    [Fact]
    public void UrlOf_CallWithCredentials_OmitsTheQuery()
    {
        var request = new RenderRequest { Url = "http://h/a?token=secret#x" };
        Assert.Equal("http://h/a?token=secret#x", RenderFailure.UrlOf(new(request, "id")));
        Assert.Equal("http://h/a", RenderFailure.UrlOf(new(request with { Credentials = new() { Authorization = "Bearer x" } }, "id")));
    }
}
