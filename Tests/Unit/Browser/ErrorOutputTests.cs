using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

public sealed class ErrorOutputTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("\n \n", null)]
    [InlineData("ls: unrecognized option '--headless'\nTry 'ls --help'\n", "ls: unrecognized option '--headless'")]
    [InlineData("[1:ERROR:dbus.cc(1)] no bus\n[1:FATAL:zygote.cc(2)] No usable sandbox!\n#0 0x1\n", "[1:FATAL:zygote.cc(2)] No usable sandbox!")]
    public void ReasonIn_Output_IsTheFatalLineElseTheFirst(string output, string? expected) => Assert.Equal(expected, ErrorOutput.ReasonIn(output));

    [Fact]
    public void ReasonIn_EndlessLine_IsCut() => Assert.Equal(300, ErrorOutput.ReasonIn(new string('x', 10_000))!.Length);
}
