using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Browser;

public class FrameTreeTests
{
    private const string Own = "https://app.example.com";
    private const string Other = "https://ads.example.com";

    [Theory]
    // own document's frames: child, and its child
    [InlineData(Own, Own, Own, true)]
    [InlineData(Own, Own, Other, false)]
    [InlineData(Own, Other, Own, false)]
    [InlineData(Other, Own, Own, false)]
    [InlineData(Own, "", Own, false)]
    [InlineData(Own, Own, "", false)]
    public void MayCarryCredentials_RequestOfANestedFrame_NeedsTheOriginAllTheWayUp(string main, string child, string nested, bool may)
    {
        var frames = Frames(main);
        frames.Show("child", "main", child);
        frames.Show("nested", "child", nested);
        Assert.Equal(may, frames.MayCarryCredentials("nested", isDocument: false, Own));
    }

    [Fact]
    public void MayCarryCredentials_MainFrame_May() => Assert.True(Frames(Own).MayCarryCredentials("main", isDocument: false, Own));

    [Fact]
    public void MayCarryCredentials_UnknownFrame_MayNot() => Assert.False(Frames(Own).MayCarryCredentials("other", isDocument: true, Own));

    [Fact]
    public void MayCarryCredentials_FirstDocumentOfAFrame_DependsOnTheFramesAroundIt()
    {
        var frames = Frames(Own);
        frames.Attach("child", "main");
        Assert.True(frames.MayCarryCredentials("child", isDocument: true, Own));
        Assert.False(frames.MayCarryCredentials("child", isDocument: false, Own));
        frames.Show("child", "main", Other);
        frames.Attach("nested", "child");
        Assert.False(frames.MayCarryCredentials("nested", isDocument: true, Own));
        Assert.False(frames.MayCarryCredentials("child", isDocument: true, Own));
    }

    [Fact]
    public void MayCarryCredentials_FrameThatIsLeaving_MayNotUntilItsDocumentIsKnown()
    {
        var frames = Frames(Own);
        frames.Show("child", "main", Own);
        frames.Leave("child");
        Assert.False(frames.MayCarryCredentials("child", isDocument: false, Own));
        frames.Show("child", "main", Own);
        Assert.True(frames.MayCarryCredentials("child", isDocument: false, Own));
    }

    private static FrameTree Frames(string main)
    {
        var frames = new FrameTree("main");
        frames.Show("main", null, main);
        return frames;
    }
}
