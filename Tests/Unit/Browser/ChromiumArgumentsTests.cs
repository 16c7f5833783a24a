using Fleet.PrerenderServer.Browser.Connections;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

public class ChromiumArgumentsTests
{
    private static readonly string[] s_origins = ["http://127.0.0.1:5100", "https://app.example.com"];

    [Theory]
    [InlineData(SandboxMode.Auto, true, true)]
    [InlineData(SandboxMode.Auto, false, false)]
    [InlineData(SandboxMode.On, true, false)]
    [InlineData(SandboxMode.Off, false, true)]
    public void For_Sandbox_IsOffOnlyForRootOrIfConfigured(SandboxMode mode, bool root, bool without) =>
        Assert.Equal(without, For(new() { Sandbox = mode }, root).Contains("--no-sandbox"));

    [Theory]
    [InlineData(SandboxMode.Auto, true, true)]
    [InlineData(SandboxMode.Auto, false, false)]
    [InlineData(SandboxMode.On, true, false)]
    [InlineData(SandboxMode.Off, true, false)]
    public void WarningOf_RootWithoutADecision_SaysWhyAndWhatToDo(SandboxMode mode, bool root, bool warns)
    {
        var warning = ChromiumSandbox.WarningOf(mode, root);
        Assert.Equal(warns, warning is not null);
        Assert.True(warning is null || warning.Contains("Browser:Sandbox=Off", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_Environment_KeepsWhatABrowserNeedsAndNoSettings() => Assert.Equal(
        ["HOME", "LANG", "PATH"],
        BrowserEnvironment.Of(new Dictionary<string, string>
        {
            ["PATH"] = "/bin", ["HOME"] = "/root", ["LANG"] = "C", ["Fleet__AdminKey"] = "x", ["ConnectionStrings__redis"] = "x", ["AWS_SECRET_ACCESS_KEY"] = "x", ["LD_PRELOAD"] = "x",
        }).Keys.Order());

    [Fact]
    public void For_Origins_MapsThemWithTheirPortsAndNothingElse() => Assert.Contains(
        "--host-resolver-rules=MAP 127.0.0.1:5100 127.0.0.1:5100, MAP app.example.com:443 app.example.com:443, MAP * ~NOTFOUND", For(new(), root: false));

    [Fact]
    public void For_ARoute_LeadsTheSiteThereAndAcceptsOnlyItsKey()
    {
        var arguments = For(new(), root: false, new("app.example.com:443", "127.0.0.1:4001", "a2V5"));

        Assert.Contains("--host-resolver-rules=MAP 127.0.0.1:5100 127.0.0.1:5100, MAP app.example.com:443 127.0.0.1:4001, MAP * ~NOTFOUND", arguments);
        Assert.Contains("--ignore-certificate-errors-spki-list=a2V5", arguments);
        Assert.DoesNotContain(For(new(), root: false), argument => argument.StartsWith("--ignore-certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--lang=de", null)]
    [InlineData("lang=de", "each must start with '--'")]
    [InlineData("--remote-debugging-port=9222", "would let every local user control the browser")]
    public void Validate_ExtraArguments_OpenNoPort(string argument, string? problem)
    {
        var problems = new BrowserOptions { ExtraArguments = [argument] }.Validate(new(new())).Select(result => result.ErrorMessage!).ToList();
        Assert.Equal(problem is null ? 0 : 1, problems.Count);
        Assert.All(problems, found => Assert.Contains(problem!, found, StringComparison.Ordinal));
    }

    [Fact]
    public void For_ExtraArguments_ComeLastAndSoWin() => Assert.Equal("--lang=de", For(new() { ExtraArguments = ["--lang=de"] }, root: false)[^1]);

    private static IReadOnlyList<string> For(BrowserOptions options, bool root, BrowserRoute? route = null) => ChromiumArguments.For(options, "/tmp/p", s_origins, route, root, smallSharedMemory: false);
}
