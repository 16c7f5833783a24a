using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.Standalone.Hosting;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.YourApp;

/// <summary>Clients of Gotenberg and browserless, from npm and unchanged, with a whole fleet in place of their service.</summary>
public sealed class RestClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_OfGotenbergAndBrowserless_GetFilesPicturesAndDocuments()
    {
        using var project = new NodeProject("Tests/Integration/YourApp/RestClients");
        await project.NpmAsync("ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
        using var dist = new TempFolder();
        using var realms = new TempFolder();
        dist.Write("index.html", """
            <!doctype html><html><head><title>Invoice</title></head><body><main></main><script>
              setTimeout(() => { document.querySelector('main').innerHTML = '<h1>Invoice</h1><p>42 for ' + document.cookie + '</p>'; window.ready = true; }, 200);
            </script></body></html>
            """);
        await using var fleet = await StandaloneFleet.StartAsync(
            new()
            {
                Dist = dist.Path,
                Realms = realms.Path,
                Browser = BrowserLocator.Locate(null),
                Settings = new Dictionary<string, string>
                {
                    ["Fleet:RequireKey"] = "true",
                    ["Manager:Dialects:Browserless"] = "true",
                    ["Manager:Dialects:Gotenberg"] = "true",
                    ["Pool:Slots"] = "2",
                },
            },
            TimeProvider.System,
            Token);

        var (exit, output) = await NodeProject.RunAsync(
            "node", project.Folder, ["client.mjs", fleet.Addresses.Manager.AbsoluteUri, new Uri(fleet.Addresses.Realm, "invoice/7").AbsoluteUri, fleet.AdminKey.Value], Token);
        Assert.True(exit == 0, output);
        var replies = JsonElement.Parse(output);

        Assert.Equal("%PDF-", replies.GetProperty("pdf").GetString());
        // 5 inches by 300 mm, in points, landscape.
        Assert.Matches("^0 0 85[01][0-9.]* 360", replies.GetProperty("box").GetString());
        Assert.Equal("""["PNG",500,400]""", replies.GetProperty("picture").GetRawText());
        Assert.Contains("Status: 400", replies.GetProperty("refused").GetString(), StringComparison.Ordinal);
        Assert.Contains("'failOnHttpStatusCodes' is not a field", replies.GetProperty("refused").GetString(), StringComparison.Ordinal);
        Assert.Contains("<p>42 for ", replies.GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("mint", replies.GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal((401, 400), (replies.GetProperty("wrongKey").GetInt32(), replies.GetProperty("scrape").GetInt32()));
    }
}
