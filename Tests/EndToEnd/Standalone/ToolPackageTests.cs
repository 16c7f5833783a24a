using Fleet.Standalone.CommandLine;
using Fleet.Tests.Docs;
using Fleet.Tests.Processes;

namespace Fleet.Tests.Standalone;

/// <summary>The program as a .NET tool: packed from this checkout, installed from that package alone, and run outside of the checkout.</summary>
public sealed class ToolPackageTests(TestSite site) : IClassFixture<TestSite>, IDisposable
{
    private const string Version = "0.0.1-test";
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
    private static readonly TimeSpan s_packLimit = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-tool-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Tool_PackedAndInstalled_RendersAndServes()
    {
        var packages = Path.Combine(_folder.FullName, "packages");
        await RunAsync(Repository.File("."), "pack", Repository.File("Standalone"), "-o", packages, "--no-build", "--configuration", Configuration, $"-p:PackageVersion={Version}", "--nologo");
        var package = Assert.Single(Directory.GetFiles(packages));
        Assert.Equal($"Fleet.{Version}.nupkg", Path.GetFileName(package));
        // The driver of one platform, and nothing of the others.
        Assert.InRange(new FileInfo(package).Length, 10_000_000, 120_000_000);

        var config = Path.Combine(_folder.FullName, "nuget.config");
        await File.WriteAllTextAsync(
            config, $"""<configuration><packageSources><clear /><add key="local" value="{packages}" /></packageSources></configuration>""", TestContext.Current.CancellationToken);
        await RunAsync(_folder.FullName, "tool", "install", "Fleet", "--tool-path", Path.Combine(_folder.FullName, "tools"), "--version", Version, "--configfile", config);
        var tool = Path.Combine(_folder.FullName, "tools", OperatingSystem.IsWindows() ? "fleet.exe" : "fleet");

        await using (var version = FleetProgram.StartInstalled(tool, "--version"))
        {
            Assert.Equal(ExitCodes.Success, await version.EndAsync());
            Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        }

        await using (var render = FleetProgram.StartInstalled(tool, "render", site["/"].AbsoluteUri))
        {
            Assert.True(await render.EndAsync() == ExitCodes.Success, render.ToString());
            Assert.Contains("sum 2", render.Output, StringComparison.Ordinal);
        }

        await using var serve = FleetProgram.StartInstalled(tool, "serve", "--port", "0");
        // The sample is in the package.
        await serve.LineAsync("First index: 155 of 155");
        serve.Signal(Signals.Terminate);
        Assert.True(await serve.EndAsync(TimeSpan.FromSeconds(30)) == ExitCodes.Success, serve.ToString());
    }

    private async Task RunAsync(string folder, params string[] arguments)
    {
        // The tool's packages go to a folder that is removed afterwards.
        var environment = arguments[0] == "tool"
            ? new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "cache"), ["DOTNET_CLI_HOME"] = _folder.FullName }
            : [];
        await using var dotnet = FleetProgram.StartDotnet(folder, environment, arguments);
        Assert.True(await dotnet.EndAsync(s_packLimit) == 0, $"dotnet {string.Join(' ', arguments)}\n{dotnet}");
    }
}
