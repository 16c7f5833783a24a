using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

public class LinuxProcessTests
{
    [Theory]
    [InlineData("42 (cat) S 7 41 41 0 -1 4194304", 42, 7, 41)]
    [InlineData("42 (a) b (c) S 7 41 41 0", 42, 7, 41)]
    public void Parse_LiveProcess_ReadsParentAndGroup(string stat, int id, int parent, int group) =>
        Assert.Equal(new LinuxProcess(id, parent, group), LinuxProcess.Parse(stat));

    [Theory]
    [InlineData("42 (cat) Z 7 41 41 0")]
    [InlineData("42 (cat) X 7 41 41 0")]
    [InlineData("")]
    [InlineData("nonsense")]
    public void Parse_ZombieOrMalformedText_IsNoProcess(string stat) => Assert.Null(LinuxProcess.Parse(stat));

    [Fact]
    public void All_OnLinux_ContainsThisProcessWithItsMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's.");
        var self = LinuxProcess.All().Single(p => p.Id == Environment.ProcessId);
        Assert.True(self.ProportionalBytes() is null or > 1_000_000, $"This process takes {self.ProportionalBytes()} bytes.");
        Assert.NotEmpty(self.Arguments());
    }
}
