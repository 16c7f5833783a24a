using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

public class RenderRequestRulesTests
{
    private const string Url = "http://127.0.0.1:5100/elements/hydrogen";

    public static TheoryData<RenderRequest, string, string> Refused => new()
    {
        { new() { Url = null! }, "url", "missing" },
        { new() { Url = "" }, "url", "missing" },
        { new() { Url = "/elements/hydrogen" }, "url", "absolute" },
        { new() { Url = "file:///etc/passwd" }, "url", "http or https" },
        { new() { Url = "javascript:alert(1)" }, "url", "http or https" },
        { new() { Url = "data:text/html,x" }, "url", "http or https" },
        { new() { Url = "blob:http://127.0.0.1/3f2504e0" }, "url", "http or https" },
        { new() { Url = "view-source:http://127.0.0.1/" }, "url", "http or https" },
        { new() { Url = Url, Formats = [RenderFormat.Data, RenderFormat.Head] }, "formats", "'data'" },
        { new() { Url = "http://user:secret@127.0.0.1/" }, "url", "user name" },
        { new() { Url = "http://127.0.0.1/a b" }, "url", "white space" },
        { new() { Url = "http://127.0.0.1/a\r\nX: y" }, "url", "control" },
        { new() { Url = Url + new string('x', 10_000) }, "url", "2048" },
        { new() { Url = Url, Affinity = "elements" }, "affinity", "'elements'" },
        { new() { Url = Url, Affinity = "realm:" + new string('x', 3000) }, "affinity", "2300" },
        { new() { Url = Url, Formats = [] }, "formats", "empty" },
        { new() { Url = Url, Formats = [RenderFormat.Head, RenderFormat.Head] }, "formats", "twice" },
        { new() { Url = Url, Formats = [RenderFormat.Html, RenderFormat.Head] }, "formats", "'html'" },
        { new() { Url = Url, Formats = [.. Enumerable.Repeat(RenderFormat.Head, 100)] }, "formats", "100 entries" },
        { new() { Url = Url, DeadlineMs = 99 }, "deadlineMs", "99: it must be between 100 and 120000" },
        { new() { Url = Url, DeadlineMs = 120_001 }, "deadlineMs", "120001" },
        { new() { Url = Url, Priority = 11 }, "priority", "11: it must be between 0 and 10" },
        { new() { Url = Url, Priority = -1 }, "priority", "-1" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Check_OutOfBounds_NamesFieldValueAndBound(RenderRequest request, string field, string expected)
    {
        var error = Assert.Single(RenderRequestRules.Check(request));
        Assert.Equal(field, error.Field);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 300, error.Message);
    }

    [Fact]
    public void Check_SmallestAndFullestRequest_AreValid()
    {
        Assert.Empty(RenderRequestRules.Check(new() { Url = Url }));
        Assert.Empty(RenderRequestRules.Check(new()
        {
            Url = Url,
            Affinity = "user:7#scope",
            Formats = [.. Enum.GetValues<RenderFormat>().Where(f => f is not (RenderFormat.Html or RenderFormat.Data))],
            DeadlineMs = RenderLimits.MaxDeadlineMs,
            Priority = RenderLimits.MaxPriority,
        }));
    }

    [Fact]
    public void Check_SeveralFaults_NamesEach() =>
        Assert.Equal(["url", "priority"], RenderRequestRules.Check(new() { Url = "x", Priority = 99 }).Select(e => e.Field));
}
