using System.Text.Json;
using Fleet.Tests.Docs;

namespace Fleet.Tests.YourApp;

/// <summary>TypeScript's compiler accepts the sample's host app as an implementation of docs/fleet-host.d.ts.</summary>
public sealed class HostTypesTests
{
    private const string Compiler = "typescript@5.9.3";
    private const string Sha512 = "8e5d6f6733c38a72ebf5e52ddc9feded5e8580d130f508ef04f772b33f4a7d00c3e357d0ac2d98e2f290762694a454f86d795bd511e12e9a7cc2d9ba3394e04b";

    [Fact]
    public async Task SampleHost_AgainstTheContract_HasNoTypeErrors()
    {
        using var typescript = await NpmPackage.GetAsync(Compiler, Sha512);
        Assert.Equal("", await CheckAsync(typescript, "Samples/HostApp/assets", "docs/fleet-host.d.ts"));
    }

    [Fact]
    public async Task HostThatAnswersOtherwise_AgainstTheContract_HasErrors()
    {
        using var typescript = await NpmPackage.GetAsync(Compiler, Sha512);
        using var folder = new RealmServer.TempFolder();
        var contract = Repository.File("docs/fleet-host").Replace('\\', '/');
        folder.Write("host.js", $$"""
            /** @type {import('{{contract}}').FleetHost} */
            export const fleet = { version: '1', capabilities: ['render'], ready: Promise.resolve(), render: async () => ({ formats: {} }) };
            """);
        Assert.Contains("Property 'status' is missing", await CheckAsync(typescript, folder.Path, "docs/fleet-host.d.ts"), StringComparison.Ordinal);
    }

    private static async Task<string> CheckAsync(NpmPackage typescript, string scripts, string contract)
    {
        var project = Path.Combine(typescript.Folder, "tsconfig.json");
        await File.WriteAllTextAsync(project, JsonSerializer.Serialize(new
        {
            compilerOptions = new
            {
                allowJs = true,
                checkJs = true,
                noEmit = true,
                strict = true,
                target = "es2023",
                module = "es2022",
                moduleResolution = "bundler",
                lib = new[] { "es2024", "dom", "dom.iterable" },
                types = Array.Empty<string>(),
            },
            include = new[] { Path.Combine(Repository.File(scripts), "**/*.js"), Repository.File(contract) },
        }), TestContext.Current.CancellationToken);
        return (await NodeProject.RunAsync("node", typescript.Folder, ["lib/tsc.js", "-p", project], TestContext.Current.CancellationToken)).Output;
    }
}
