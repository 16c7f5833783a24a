using System.IO.Compression;
using Fleet.Tests.Docs;
using Fleet.Tests.Processes;
using Fleet.Tests.Standalone;
using Fleet.Tests.YourApp;

namespace Fleet.Tests.Packages;

/// <summary>The packages as another repository uses them: packed from this checkout, with the sample, which refers to nothing else, built and run outside the checkout.</summary>
public sealed class PackagesTests : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly string[] s_libraries = ["Contracts", "Client", "AspNetCore", "AspireHosting"];

    // Unique, so that NuGet's cache has no other package of this version.
    private readonly string _version = $"0.0.1-test{Guid.NewGuid():N}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-packages-");

    private string Packages => Path.Combine(_folder.FullName, "packages");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } path ? path : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var package in Directory.GetDirectories(cache, "fleet*").Select(folder => Path.Combine(folder, _version)).Where(Directory.Exists))
        {
            Directory.Delete(package, recursive: true);
        }
    }

    [Fact]
    public async Task Sample_BuiltFromThePackages_ServesCrawlersAndVisitors()
    {
        foreach (var project in s_libraries)
        {
            await DotnetAsync(Repository.File("."), "pack", project, "-o", Packages, "--no-build", "--configuration", Configuration, $"-p:PackageVersion={_version}", "--nologo");
        }

        var ids = new[] { "Fleet.AspNetCore", "Fleet.Aspire.Hosting", "Fleet.Client", "Fleet.Contracts" };
        Assert.Equal(
            ids.SelectMany(id => new[] { $"{id}.{_version}.nupkg", $"{id}.{_version}.snupkg" }).Order(StringComparer.Ordinal), Directory.GetFiles(Packages).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(ids, id =>
        {
            using var package = ZipFile.OpenRead(Path.Combine(Packages, $"{id}.{_version}.nupkg"));
            Assert.Subset(package.Entries.Select(entry => entry.FullName).ToHashSet(), new HashSet<string> { "README.md", "LICENSE", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" });
        });

        // The AppHost starts the program of this build. ToolPackageTests packs and runs the tool.
        var sample = Path.Combine(_folder.FullName, "sample");
        NodeProject.Copy(Repository.File("Samples/Shop"), sample);
        var program = Path.Combine(sample, "AppHost", "Program.cs");
        var source = await File.ReadAllTextAsync(program, Token);
        Assert.Contains(".WithToolSource(packages)", source, StringComparison.Ordinal);
        await File.WriteAllTextAsync(program, source.Replace(".WithToolSource(packages)", $".WithProgram(\"{Path.Combine(AppContext.BaseDirectory, "Fleet.Standalone.dll")}\")", StringComparison.Ordinal), Token);
        await DotnetAsync(sample, "build", "AppHost", "--configuration", "Debug", $"-p:FleetVersion={_version}", $"-p:FleetPackages={Packages}", "--nologo");

        var (web, dashboard, otlp, resources) = (FreePort.TakeAddress(), FreePort.TakeAddress(), FreePort.TakeAddress(), FreePort.TakeAddress());
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = dashboard.AbsoluteUri.TrimEnd('/'),
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = otlp.AbsoluteUri.TrimEnd('/'),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = resources.AbsoluteUri.TrimEnd('/'),
            ["DOTNET_ENVIRONMENT"] = "Development",
        };
        await using var host = FleetProgram.StartDotnet(
            Path.Combine(sample, "AppHost"), environment, Path.Combine(sample, "AppHost", "bin", "Debug", "net10.0", "AppHost.dll"), $"--Shop:Port={web.Port}");
        await host.LineAsync("      Distributed application started");

        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        await Eventually.TrueAsync(
            async () => await GetAsync(client, new(web, "/products/1"), "Googlebot/2.1") is { Status: 200, Body: var body } && body.Contains("<h1>Lantern</h1><p>29 €</p>", StringComparison.Ordinal),
            TimeSpan.FromMinutes(2),
            () => $"the page for a crawler\n{host}");
        Assert.Equal(404, (await GetAsync(client, new(web, "/products/9"), "Googlebot/2.1"))!.Value.Status);
        Assert.Contains("<main></main>", (await GetAsync(client, new(web, "/products/1"), "Mozilla/5.0 Firefox/140.0"))!.Value.Body, StringComparison.Ordinal);

        var processes = host.Descendants();
        host.Signal(Signals.Terminate);
        await host.EndAsync(TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(() => !processes.Any(id => ProcessTree.CommandLine(id).Length > 0), TimeSpan.FromSeconds(30), () => "the end of all processes of the AppHost");
    }

    private static async Task<(int Status, string Body)?> GetAsync(HttpClient client, Uri url, string userAgent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        try
        {
            using var response = await client.SendAsync(request, Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !Token.IsCancellationRequested)
        {
            // The app is still starting.
            return null;
        }
    }

    private static async Task DotnetAsync(string folder, params string[] arguments)
    {
        await using var dotnet = FleetProgram.StartDotnet(folder, new Dictionary<string, string>(), arguments);
        Assert.True(await dotnet.EndAsync(s_limit) == 0, $"dotnet {string.Join(' ', arguments)}\n{dotnet}");
    }
}
