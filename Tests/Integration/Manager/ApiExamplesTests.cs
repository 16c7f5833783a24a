using System.Diagnostics;
using Fleet.Tests.Docs;
using Fleet.Tests.RealmServer;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary>Every curl example of docs/api.md, unchanged.</summary>
public sealed class ApiExamplesTests
{
    [Fact]
    public async Task Examples_OfTheApi_SucceedAsWritten()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        server.Operate = http => http.Response.WriteAsJsonAsync(new { affected = 1, detail = "done as asked" });
        var examples = Read();
        using var folder = new TempFolder();
        Assert.True(examples.Count >= 8, $"{examples.Count} examples in docs/api.md");
        foreach (var example in examples)
        {
            var (exit, output) = await RunAsync(example, manager, folder.Path);
            Assert.True(exit == 0 && !output.Contains("urn:fleet:problem", StringComparison.Ordinal), $"{example}\nexit code {exit}: {output}");
        }

        Assert.Equal(["DELETE /affinities/realm%3Ahttp%3A%2F%2F127.0.0.1%3A9%2Felements%2F", "GET /failures", "POST /drain", "POST /recycle", "POST /undrain"], server.Operations.Order(StringComparer.Ordinal));
    }

    private static List<string> Read()
    {
        var blocks = File.ReadAllText(Repository.File("docs/api.md")).Split("```");
        return [.. blocks.Where(block => block.StartsWith("bash\n", StringComparison.Ordinal)).Select(block => block["bash\n".Length..].Trim())];
    }

    private static async Task<(int Exit, string Output)> RunAsync(string example, ManagerUnderTest manager, string folder)
    {
        // -f: a status of 400 and up is a failure.
        var start = new ProcessStartInfo("/bin/bash", ["-c", "curl() { command curl -f --max-time 20 --noproxy '*' \"$@\"; }\n" + example])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["MANAGER"] = manager.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');
        start.Environment["CARD"] = ManagerUnderTest.Card;
        start.Environment["REALM"] = ManagerUnderTest.Realm;
        start.Environment["ADMIN_KEY"] = ManagerUnderTest.AdminKey;
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, string.Concat(output));
    }
}
