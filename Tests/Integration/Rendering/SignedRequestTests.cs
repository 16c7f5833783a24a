using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Signatures;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>The signatures that another site gets with the fleet's requests.</summary>
public sealed class SignedRequestTests
{
    private const string PrivateKey = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renders_DocumentOfAnotherOrigin_IsRequestedWithASignature()
    {
        var seen = new ConcurrentQueue<(string Path, IHeaderDictionary Headers)>();
        await using var site = await TestSite.StartAsync();
        await using var other = await TestSite.StartAsync();
        site.Routes["/page"] = http => AnswerAsync(http, "<p>own</p>");
        other.Routes["/moved"] = http =>
        {
            seen.Enqueue(("/moved", Copy(http)));
            http.Response.Redirect("/page?x=1");
            return Task.CompletedTask;
        };
        other.Routes["/page"] = http => AnswerAsync(http, "<p>foreign</p><script src=/asset.js></script><iframe src=/frame></iframe>");
        other.Routes["/asset.js"] = http => AnswerAsync(http, "");
        other.Routes["/frame"] = http => AnswerAsync(http, "<p>frame</p>");
        await using var app = ServerFixture.Start(
            new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance), site, "--Fleet:AllowedOrigins:0=" + other.Url.GetLeftPart(UriPartial.Authority),
            "--WebBotAuth:SigningSecret=" + PrivateKey, "--WebBotAuth:SignatureAgent=https://fleet.example.com", "--Fleet:AdminKey=a-long-enough-key-for-a-prerender-server");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "a-long-enough-key-for-a-prerender-server");
        await ServerFixture.HealthyAsync(client);

        foreach (var url in new[] { other["page"], site["page"], other["moved"] })
        {
            using var response = await client.PostAsJsonAsync("/renders", new RenderRequest { Url = url.AbsoluteUri, Formats = [RenderFormat.Html] }, FleetJson.Options, Token);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        }

        Assert.All(seen.Where(request => request.Path is "/asset.js" or "/frame" or "own"), request => Assert.False(request.Headers.ContainsKey("Signature"), request.Path));
        var signed = seen.Where(request => request.Headers.ContainsKey("Signature")).ToList();
        Assert.Equal(["/moved", "/page"], signed.Select(request => request.Path).Distinct().Order());
        var key = Ed25519Signer.Read(PrivateKey)!.Key;
        Assert.All(signed, request =>
        {
            Assert.Equal("fleet=\"https://fleet.example.com\"", request.Headers["Signature-Agent"]);
            var input = SignatureInput.Read(StructuredFields.ReadDictionary(request.Headers["Signature-Input"]!)!["fleet"])!;
            var text = SignatureBase.Of(input, new("GET", "http", request.Headers.Host.ToString(), request.Path, name => request.Headers[name]))!;
            Assert.True(key.Verifies(Encoding.ASCII.GetBytes(text), StructuredFields.BytesOf(StructuredFields.ReadDictionary(request.Headers["Signature"]!)!["fleet"])!), text);
        });
        await app.StopAsync(Token);

        Task AnswerAsync(HttpContext http, string body)
        {
            seen.Enqueue((body.Contains("own", StringComparison.Ordinal) ? "own" : http.Request.Path, Copy(http)));
            http.Response.ContentType = http.Request.Path.Value!.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";
            return http.Response.WriteAsync(body, Token);
        }
    }

    private static HeaderDictionary Copy(HttpContext http) => new(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase));
}
