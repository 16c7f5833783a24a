using System.Globalization;
using Fleet.Contracts;
using Fleet.RealmServer;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Serving;

/// <summary>
/// <c>dotnet run -c Release --project Bench -- serving</c>: requests per second of a stored page, against a bare endpoint of the same framework
/// that answers with the same bytes and headers out of an array. In turns, so that a noisy neighbour meets both.
/// </summary>
internal static class ServingBench
{
    private const int Rounds = 3;

    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(8);

    public static async Task RunAsync()
    {
        using var redis = await BenchRedis.StartAsync();
        using var realm = new GeneratedRealm(100);
        await using var server = RealmServerApp.Build(
            ["--urls=http://127.0.0.1:0", $"--Realms:Root={realm.Root}", "--Index:Enabled=false", $"--ConnectionStrings:redis={redis.ConnectionString}"],
            static builder => builder.Logging.ClearProviders());
        await server.StartAsync();
        var url = $"{server.Urls.Single()}/{GeneratedRealm.Name}/card-7";
        await StoreAsync(server, url);
        foreach (var coding in new[] { null, "Accept-Encoding: gzip, deflate, br" })
        {
            var (bytes, headers) = await GetAsync(url, coding);
            await using var bare = await StartBareAsync(bytes, headers);
            await CompareAsync(url, bare.Urls.Single() + "/page", coding, bytes.Length);
        }
    }

    private static async Task CompareAsync(string url, string bareUrl, string? coding, int bytes)
    {
        await Wrk.RunAsync(url, s_duration / 4, coding);
        await Wrk.RunAsync(bareUrl, s_duration / 4, coding);
        var (page, bare) = (new List<Wrk>(), new List<Wrk>());
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await Wrk.RunAsync(bareUrl, s_duration, coding));
            page.Add(await Wrk.RunAsync(url, s_duration, coding));
        }

        var (own, other) = (Median(page), Median(bare));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {(coding is null ? "plain" : "br")} | {bytes:n0} | {other.RequestsPerSecond:n0} | {other.P99:0.0} ms | {own.RequestsPerSecond:n0} | {own.P99:0.0} ms | {own.RequestsPerSecond / other.RequestsPerSecond:p0} |"));
    }

    private static Wrk Median(List<Wrk> runs) => runs.OrderBy(run => run.RequestsPerSecond).ElementAt(runs.Count / 2);

    private static async Task StoreAsync(WebApplication server, string url)
    {
        var shell = await server.Services.GetRequiredService<IHostShellStore>().GetAsync(CancellationToken.None);
        await server.Services.GetRequiredService<IPageStore>().StoreAsync(
            new StoredPage
            {
                Realm = url[..(url.LastIndexOf('/') + 1)],
                Url = url,
                Status = 200,
                Formats = new Dictionary<RenderFormat, string>
                {
                    [RenderFormat.Isolated] = string.Concat(Enumerable.Range(0, 150).Select(i => $"<p>Paragraph {i} of a page of some length.</p>")),
                    [RenderFormat.Head] = "<title>Card 7</title>",
                },
                Seen = new(DateTime.MaxValue.Ticks, null),
                SourceVersion = DateTime.MaxValue.Ticks,
                Generation = shell?.Generation ?? 0,
                ShellToken = shell?.Token ?? "",
                RenderedAt = TimeProvider.System.GetUtcNow(),
                ETag = "bench",
            },
            PageBounds.None, CancellationToken.None);
    }

    private static async Task<(byte[] Bytes, Dictionary<string, string> Headers)> GetAsync(string url, string? coding)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("text/html");
        if (coding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding["Accept-Encoding: ".Length..]);
        }

        using var response = await client.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Server" or "Transfer-Encoding" or "Content-Length"))
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
        return (await response.Content.ReadAsByteArrayAsync(), headers);
    }

    private static async Task<WebApplication> StartBareAsync(byte[] bytes, Dictionary<string, string> headers)
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.MapGet("/page", http =>
        {
            foreach (var (name, value) in headers)
            {
                http.Response.Headers[name] = value;
            }

            http.Response.ContentLength = bytes.Length;
            return http.Response.Body.WriteAsync(bytes).AsTask();
        });
        await app.StartAsync();
        return app;
    }
}
