using System.Text;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.Tests.Browser;

public class CdpEnvelopeTests
{
    [Theory]
    [InlineData("""{"id":7,"result":{}}""", 7L, null)]
    [InlineData("""{"id":7,"result":{"value":"xxx""", 7L, null)]
    [InlineData("""{"method":"Runtime.consoleAPICalled","params":{"args":[{"val""", null, "Runtime.consoleAPICalled")]
    [InlineData("""{"params":{"id":1}}""", null, null)]
    [InlineData("""{"method":"Runt""", null, null)]
    [InlineData("", null, null)]
    public void ReadHead_StartOfAMessage_IsIdOrMethod(string start, long? id, string? method) =>
        Assert.Equal((id, method), CdpEnvelope.ReadHead(Encoding.UTF8.GetBytes(start)));

    [Theory]
    [InlineData("""{"method":"A.b","params":{"x":1},"sessionId":"0123ABCD"}""", "0123ABCD")]
    [InlineData("""xx"}],"type":"error"},"sessionId":"0123ABCD"}""", "0123ABCD")]
    [InlineData("""{"method":"Target.detachedFromTarget","params":{"sessionId":"0123ABCD"}}""", null)]
    [InlineData("""{"method":"A.b","params":{"title":",\"sessionId\":\"0123ABCD"}}""", null)]
    [InlineData("""{"method":"A.b","params":{"title":",\"sessionId\":\"0123ABCD"},"z":"y"}""", null)]
    [InlineData("", null)]
    public void ReadSessionId_EndOfAMessage_IsTheSession(string end, string? session) =>
        Assert.Equal(session, CdpEnvelope.ReadSessionId(Encoding.UTF8.GetBytes(end)));
}
