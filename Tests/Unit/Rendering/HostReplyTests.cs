using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.Tests.Rendering;

public class HostReplyTests
{
    private static readonly RenderFormat[] s_formats = [RenderFormat.Isolated, RenderFormat.Head];

    [Fact]
    public void Read_FullAnswer_TakesTheRequestedFormats()
    {
        var answer = Read("""
            {"reply":{"status":200,"formats":{"isolated":"<p>","atom":"unasked"},"head":"<title>x</title>","data":{"a":1},"deps":["http://h/r/a"]},
             "read":["http://h/r/a","http://h/r/b","http://h/other"]}
            """);
        Assert.Equal(RenderOutcome.Rendered, answer.Outcome);
        Assert.Equal(new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = "<p>", [RenderFormat.Head] = "<title>x</title>" }, answer.Formats);
        Assert.Equal(1, answer.Data!.Value.GetProperty("a").GetInt32());
        Assert.Equal(["http://h/r/a", "http://h/r/b"], answer.Deps);
        Assert.Null(answer.Message);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"reply":null}""")]
    [InlineData("""{"reply":"<p>"}""")]
    [InlineData("""{"reply":{"formats":{}}}""")]
    [InlineData("""{"reply":{"status":"200"}}""")]
    [InlineData("""{"reply":{"status":7}}""")]
    [InlineData("""{"reply":{"status":101}}""")]
    [InlineData("""{"reply":{"status":204}}""")]
    [InlineData("""{"reply":{"status":205}}""")]
    [InlineData("""{"reply":{"status":304}}""")]
    [InlineData("""{"reply":{"status":9999999999}}""")]
    public void Read_NoAnswerOfTheContract_IsUnusable(string json) => Assert.Equal(RenderOutcome.Unusable, Read(json).Outcome);

    [Theory]
    [InlineData("""{"reply":{"status":200,"formats":[1],"deps":"x","data":null,"head":3}}""")]
    [InlineData("""{"reply":{"status":200,"formats":{"isolated":3},"deps":[null,{}],"error":"x"}}""")]
    public void Read_MembersOfWrongTypes_AreLeftOut(string json)
    {
        var answer = Read(json);
        Assert.Equal(RenderOutcome.Rendered, answer.Outcome);
        Assert.Empty(answer.Formats);
        Assert.Empty(answer.Deps);
        Assert.Null(answer.Data);
    }

    [Fact]
    public void Read_HostError_GivesKindMessageAndStackAndKeepsWhatRendered()
    {
        var answer = Read("""{"reply":{"status":500,"formats":{"head":"<meta>"},"error":{"kind":"network","message":"the API is away","stack":"at x"}}}""");
        Assert.Equal((RenderOutcome.NoVerdict, "the API is away", "at x"), (answer.Outcome, answer.Message, answer.Stack));
        Assert.Single(answer.Formats);
    }

    [Fact]
    public void Read_TextThatEndsItsElement_IsTheContentsFaultAndIsNotPassedOn()
    {
        var answer = Read("""{"reply":{"status":200,"formats":{"isolated":"<script type=application/ld+json>{\"a\":\"</script><img src=x onerror=a()>\"}</script>","head":""}}}""");
        Assert.Equal(RenderOutcome.Failed, answer.Outcome);
        Assert.Empty(answer.Formats);
        Assert.Equal("The host's 'isolated' closes a <script> that it did not open: unescaped text ended one early.", answer.Message);
    }

    [Fact]
    public void Read_HostErrorWithUnusableMarkup_IsTheErrorWithoutTheMarkup()
    {
        var answer = Read("""{"reply":{"status":500,"formats":{"head":"<title>"},"error":{"kind":"network","message":"the API is away"}}}""");
        Assert.Equal((RenderOutcome.NoVerdict, "the API is away"), (answer.Outcome, answer.Message));
        Assert.Empty(answer.Formats);
    }

    [Fact]
    public void Read_TooLarge_NamesTheSetting() => Assert.Contains("Rendering:MaxResultMb", Read("""{"tooLarge":99}""").Message, StringComparison.Ordinal);

    private static PageAnswer Read(string json) => HostReply.Read(json, s_formats, "http://h/r/");
}
