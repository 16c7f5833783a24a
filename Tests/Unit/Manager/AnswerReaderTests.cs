using Fleet.ServiceDefaults;
using System.Net;
using System.Text;
using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;

namespace Fleet.Tests.Manager;

/// <summary>The manager classifies every response of a server, also an invalid one.</summary>
public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData(200, """{"outcome":"rendered","url":"http://a/"}""", nameof(ForwardKind.Verdict))]
    [InlineData(200, """{"outcome":"failed","url":"http://a/","fromTheFuture":1}""", nameof(ForwardKind.Verdict))]
    [InlineData(200, """{"outcome":"timedOut","url":"http://a/"}""", nameof(ForwardKind.Verdict))]
    [InlineData(200, """{"outcome":"noVerdict","url":"http://a/"}""", nameof(ForwardKind.NoVerdict))]
    [InlineData(200, """{"outcome":"noVerdict","url":"http://a/","page":{"server":"p","slot":1,"warm":true},"diagnostics":{"message":"ERR_CONNECTION_REFUSED"}}""", nameof(ForwardKind.NoVerdict))]
    [InlineData(200, """{"outcome":"noVerdict","url":"http://a/","page":{"server":"p","slot":1,"warm":true,"crashed":true}}""", nameof(ForwardKind.Crashed))]
    [InlineData(200, """{"outcome":"sideways","url":"http://a/"}""", nameof(ForwardKind.Garbage))]
    [InlineData(200, """{"outcome":"rendered","url":"http://a/","formats":null}""", nameof(ForwardKind.Garbage))]
    [InlineData(200, """{"outcome":"rendered","url":"http://a/","formats":{"html":""", nameof(ForwardKind.Garbage))]
    [InlineData(200, "<html>", nameof(ForwardKind.Garbage))]
    [InlineData(200, "null", nameof(ForwardKind.Garbage))]
    [InlineData(200, "[]", nameof(ForwardKind.Garbage))]
    [InlineData(200, "", nameof(ForwardKind.Garbage))]
    [InlineData(204, "", nameof(ForwardKind.Garbage))]
    [InlineData(302, "", nameof(ForwardKind.Garbage))]
    [InlineData(401, """{"reason":"wrong-admin-key"}""", nameof(ForwardKind.Garbage))]
    [InlineData(404, "nothing here", nameof(ForwardKind.Garbage))]
    [InlineData(500, """{"reason":7}""", nameof(ForwardKind.Garbage))]
    [InlineData(400, """{"reason":"invalid-request","detail":"no"}""", nameof(ForwardKind.Rejected))]
    [InlineData(413, "", nameof(ForwardKind.Rejected))]
    [InlineData(429, "", nameof(ForwardKind.Busy))]
    [InlineData(503, "gone fishing", nameof(ForwardKind.Busy))]
    [InlineData(503, """{"reason":"queue-full"}""", nameof(ForwardKind.Busy))]
    [InlineData(503, """{"reason":"draining"}""", nameof(ForwardKind.Draining))]
    [InlineData(504, "", nameof(ForwardKind.DeadlinePassed))]
    public void Read_Answer_Kind(int status, string body, string kind) => Assert.Equal(Enum.Parse<ForwardKind>(kind), Read(status, body).Kind);

    [Fact]
    public void Read_Garbage_IsNoVerdictForTheCaller()
    {
        var answer = Read(200, "<html>").Answer;
        Assert.Equal(RenderOutcome.NoVerdict, answer.Content?.Result?.Outcome);
        Assert.Contains("prerender-0", answer.Content?.Result?.Diagnostics?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_QueueFull_KeepsReasonDetailAndRetryAfter()
    {
        var refusal = Read(503, """{"reason":"queue-full","detail":"8 wait."}""", TimeSpan.FromSeconds(3)).Answer.RenderError!;
        Assert.Equal((503, "queue-full", TimeSpan.FromSeconds(3)), (refusal.Status, refusal.Reason, refusal.RetryAfter));
        Assert.Contains("8 wait.", refusal.Detail, StringComparison.Ordinal);
    }

    private static ForwardAnswer Read(int status, string body, TimeSpan? retryAfter = null) => AnswerReader.Read(
        "prerender-0",
        new RenderOperation(new RenderRequest { Url = "http://a/" }, "user:a", "id", new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System)),
        (HttpStatusCode)status,
        Encoding.UTF8.GetBytes(body),
        retryAfter);
}
