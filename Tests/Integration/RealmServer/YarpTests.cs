using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.Tests.Docs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>A realm server behind YARP, with the settings of <c>docs/deploying.md</c>.</summary>
public sealed partial class YarpTests
{
    private const string Host = "www.example.com";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_ThroughTheProxyOfTheDocs_HostClientAndHeadersAreRight()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.AddRange(["Pages:SearchesPerMinute=1", "Fleet:TrustedProxies:0=127.0.0.1"]);
        await server.StartAsync();
        await using var proxy = await StartProxyAsync(server.Url);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new(proxy.Urls.Single()) };

        // The index page names a host that it refuses.
        using (var refused = await SendAsync(client, "_index", Host, null))
        {
            Assert.Contains(Host, await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        // An X-Forwarded-For of the client does not count.
        using (var first = await SendAsync(client, "_search?q=x", Host, "203.0.113.1"))
        using (var second = await SendAsync(client, "_search?q=x", Host, "203.0.113.2"))
        {
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
        }

        using var direct = await SendAsync(server.Client, "", Host, null);
        using var proxied = await SendAsync(client, "", Host, null);
        Assert.Equal(await direct.Content.ReadAsStringAsync(Token), await proxied.Content.ReadAsStringAsync(Token));
        Assert.Equal(direct.Headers.Vary, proxied.Headers.Vary);
        Assert.Equal(direct.Headers.GetValues("X-Host-Shell"), proxied.Headers.GetValues("X-Host-Shell"));
    }

    private static async Task<WebApplication> StartProxyAsync(string realmServer)
    {
        var settings = Settings().Match(await File.ReadAllTextAsync(Repository.File("docs/deploying.md"), Token)).Groups["settings"].Value;
        Assert.Contains("http://127.0.0.1:5100/", settings, StringComparison.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(settings.Replace("http://127.0.0.1:5100/", realmServer, StringComparison.Ordinal))));
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        var proxy = builder.Build();
        proxy.MapReverseProxy();
        await proxy.StartAsync(Token);
        return proxy;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string host, string? forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        request.Headers.Accept.ParseAdd("text/html");
        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        return await client.SendAsync(request, Token);
    }

    [GeneratedRegex("```json\n(?<settings>\\{\\s*\"ReverseProxy\".*?)```", RegexOptions.Singleline)]
    private static partial Regex Settings();
}
