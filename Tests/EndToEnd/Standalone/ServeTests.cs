using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Standalone.CommandLine;
using Fleet.Tests.EndToEnd;
using Fleet.Tests.Processes;

namespace Fleet.Tests.Standalone;

/// <summary><c>fleet serve</c> as a process.</summary>
public sealed partial class ServeTests : IDisposable
{
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-serve-");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Serve_Sample_PrintsAddressesServesPagesAndStopsInOrder()
    {
        await using var fleet = FleetProgram.Start("serve", "--port", "0");
        var site = await AddressAsync(fleet, "site");
        var manager = await AddressAsync(fleet, "manager");
        Assert.StartsWith("Ready after ", await fleet.LineAsync("Ready"), StringComparison.Ordinal);
        Assert.Contains("Stored pages are in memory only and are rendered again at the next start; --data DIR keeps them.", fleet.Output, StringComparison.Ordinal);
        Assert.Contains($"curl '{manager}render?url={site}elements/hydrogen'", fleet.Output, StringComparison.Ordinal);
        Assert.StartsWith("First index: 155 of 155 cards are prerendered and stored, ", await fleet.LineAsync("First index: 155"), StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site, "elements/hydrogen")) { Headers = { Accept = { new("text/html") } } };
        using var page = await _client.SendAsync(request, Token);
        Assert.Contains("Hydrogen", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var recycle = await _client.PostAsync(new Uri(manager, "fleet/recycle"), null, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, recycle.StatusCode);
        var descendants = fleet.Descendants();
        var profiles = ProfilesOf(descendants);

        fleet.Signal(Signals.Terminate);

        Assert.True(await fleet.EndAsync(s_stopLimit) == ExitCodes.Success, fleet.ToString());
        Assert.EndsWith($"Stopping; Ctrl-C once more ends at once.{Environment.NewLine}", fleet.Output, StringComparison.Ordinal);
        Assert.All(descendants, id => Assert.Equal("", ProcessTree.CommandLine(id)));
        Assert.All(profiles, profile => Assert.False(Directory.Exists(profile), profile));
        using var free = new TcpListener(IPAddress.Loopback, site.Port);
        free.Start();
    }

    [Fact]
    public async Task Serve_CollectorIsConfigured_LogsOfEveryServiceArrive()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var fleet = FleetProgram.Start(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url.AbsoluteUri,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            },
            "serve", "--port", "0", "--verbose", "--set", "Index:Enabled=false");
        await fleet.LineAsync("Ready");
        await Eventually.TrueAsync(
            () => ((string[])["realm", "fleet", "prerender"]).All(service => collector.Logs.Any(log => log.Service == service)),
            () => $"logs of every service; seen: {string.Join(", ", collector.Logs.Select(log => log.Service).Distinct())}\n{fleet}");
        fleet.Signal(Signals.Terminate);
        Assert.True(await fleet.EndAsync(s_stopLimit) == ExitCodes.Success, fleet.ToString());
        foreach (var service in (string[])["realm", "manager", "prerender"])
        {
            Assert.Matches($@"FleetHost: {service} \d+\.\d+\.\d+ started and listens on http://127\.0\.0\.1:\d+\.", fleet.Errors);
        }

        // Traces and metrics are those of the process.
        Assert.Equal(["fleet"], collector.Metrics.Keys.Select(metric => metric.Service).Distinct());
    }

    [Fact]
    public async Task Serve_Data_KeepsPagesOverAStopAndAKill()
    {
        string[] arguments = ["serve", "--port", FreePort.Take().ToString(System.Globalization.CultureInfo.InvariantCulture), "--manager-port", "0", "--data", _folder.FullName];
        List<string> profiles;
        await using (var first = FleetProgram.Start(arguments))
        {
            await first.LineAsync("First index: 155");
            using var recycle = new HttpRequestMessage(HttpMethod.Post, new Uri(await AddressAsync(first, "manager"), "fleet/recycle"));
            var key = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "admin-key"), Token);
            recycle.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
            using var recycled = await _client.SendAsync(recycle, Token);
            Assert.Equal(HttpStatusCode.OK, recycled.StatusCode);
            Assert.DoesNotContain(key.Trim(), first.Output + first.Errors, StringComparison.Ordinal);

            first.Signal(Signals.Terminate);
            Assert.True(await first.EndAsync(s_stopLimit) == ExitCodes.Success, first.ToString());
        }

        await using (var second = FleetProgram.Start(arguments))
        {
            await second.LineAsync("First index: 155");
            Assert.Equal(155, await SkippedAsync(second));
            var descendants = second.Descendants();
            profiles = ProfilesOf(descendants);
            second.Signal(Signals.Kill);
            await second.EndAsync();
            await Eventually.TrueAsync(() => descendants.All(id => ProcessTree.CommandLine(id).Length == 0), s_stopLimit, () => "no browser left after the kill");
        }

        await using var third = FleetProgram.Start(arguments);
        await third.LineAsync("First index: 155");
        Assert.Equal(155, await SkippedAsync(third));
        Assert.All(profiles, profile => Assert.False(Directory.Exists(profile), profile));
        third.Signal(Signals.Terminate);
        Assert.True(await third.EndAsync(s_stopLimit) == ExitCodes.Success, third.ToString());
    }

    [Fact]
    public async Task Serve_DataInUse_SaysSo()
    {
        await using var first = FleetProgram.Start("serve", "--port", "0", "--data", _folder.FullName);
        await first.LineAsync("Ready");
        await using var second = FleetProgram.Start("serve", "--port", "0", "--data", _folder.FullName);

        Assert.Equal(ExitCodes.Failure, await second.EndAsync());
        Assert.Equal($"fleet: The data folder '{_folder.FullName}' is in use by another process. Stop that process, or name another folder.{Environment.NewLine}", second.Errors);
    }

    [Fact]
    public async Task Serve_DataIsDeleted_GoesOnAndItsHealthSaysSo()
    {
        await using var fleet = FleetProgram.Start("serve", "--port", "0", "--data", _folder.FullName);
        var health = new Uri(await AddressAsync(fleet, "site"), "health");
        await fleet.LineAsync("Ready");

        foreach (var log in _folder.EnumerateDirectories("log-*"))
        {
            // In one step: Garnet may create a file while a folder is deleted.
            log.MoveTo(Path.Combine(_folder.FullName, "moved-" + log.Name));
        }

        await Eventually.TrueAsync(
            async () => (await _client.GetStringAsync(health, Token)).Contains("The data folder cannot be read, so what is stored from now on may be lost at the next start.", StringComparison.Ordinal),
            s_stopLimit,
            () => $"the reason in /health\n{fleet}");
    }

    /// <summary>A service that had begun to start would be stopped, and log that as errors of its own.</summary>
    [Fact]
    public async Task Serve_WrongSettingOfOneService_IsAllThatIsSaid()
    {
        await using var fleet = FleetProgram.Start("serve", "--port", "0", "--set", "Pages:RouteMaxAge=24:00:00");

        Assert.Equal(ExitCodes.Usage, await fleet.EndAsync());
        Assert.Equal(
            $"fleet: Pages:RouteMaxAge is '24:00:00': it must be a time as hours:minutes:seconds, such as 00:00:05; days come before it, such as 1.00:00:00.{Environment.NewLine}", fleet.Errors);
    }

    [Fact]
    public async Task Serve_PortTaken_NamesPortAndOption()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var fleet = FleetProgram.Start("serve", $"--port={port}", "--manager-port=0");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.Equal($"fleet: Port {port} of the realm server is taken. Free it, or set --port to another; 0 means any free one.{Environment.NewLine}", fleet.Errors);
    }

    [Fact]
    public async Task Serve_AppOfOnesOwn_IsPrerenderedForACrawler()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "index.html"),
            "<!doctype html><html><head><title>Shop</title></head><body><div id=root></div><script>document.getElementById('root').textContent = 'at ' + location.pathname</script></body></html>",
            Token);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "about.html"),
            "<!doctype html><html><head><title>About</title></head><body><p id=text></p><script>document.getElementById('text').textContent = 'about us'</script></body></html>",
            Token);
        await using var fleet = FleetProgram.Start("serve", "--port", "0", "--dist", _folder.FullName);
        var site = await AddressAsync(fleet, "site");
        await fleet.LineAsync("Ready");

        foreach (var (path, expected) in new[] { ("products/7", "at /products/7"), ("about", ">about us</p>") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site, path)) { Headers = { { "User-Agent", "Googlebot" } } };
            using var page = await _client.SendAsync(request, Token);

            Assert.Contains(expected, await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Serve_BrokenDist_NamesTheOption()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "index.html"), "", Token);
        await using var fleet = FleetProgram.Start("serve", "--port", "0", "--dist", _folder.FullName);

        // It ends before the minute is over that the other services would wait for the realm server.
        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync(s_stopLimit));
        Assert.EndsWith($"fleet: --dist is '{_folder.FullName}': index.html is empty.{Environment.NewLine}", fleet.Errors, StringComparison.Ordinal);
    }

    private static async Task<Uri> AddressAsync(FleetProgram fleet, string row) =>
        new((await fleet.LineAsync($"  {row} ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private async Task<int> SkippedAsync(FleetProgram fleet)
    {
        var index = await _client.GetFromJsonAsync<JsonElement>(new Uri(await AddressAsync(fleet, "site"), "_index"), Token);
        return index.GetProperty("skipped").GetInt32();
    }

    /// <summary>The profile folders of browsers that run.</summary>
    private static List<string> ProfilesOf(IReadOnlyList<int> processes)
    {
        var profiles = processes.Select(id => UserDataDir().Match(ProcessTree.CommandLine(id))).Where(match => match.Success).Select(match => match.Groups["path"].Value).Distinct().ToList();
        Assert.NotEmpty(profiles);
        Assert.All(profiles, profile => Assert.True(Directory.Exists(profile), profile));
        return profiles;
    }

    [GeneratedRegex(@"--user-data-dir=(?<path>\S+)")]
    private static partial Regex UserDataDir();
}
