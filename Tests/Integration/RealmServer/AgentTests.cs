using System.Net;
using System.Text;
using Fleet.ServiceDefaults.Signatures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>Crawlers that are verified by their address or a signature, and those that only claim to be one.</summary>
public sealed class AgentTests
{
    private const string PrivateKey = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_CrawlerByUserAgentAlone_IsRenderedWithThePriorityOfVisitors()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await Unverified(server).OnDemandOnly(manager).StartAsync();
        Assert.Contains("rendered", await ReadAsync(server, "about"), StringComparison.Ordinal);
        Assert.Equal(5, Assert.Single(manager.Requests).Priority);

        // The stored page costs nothing, so every client that claims to be a crawler gets it.
        Assert.Contains("rendered", await ReadAsync(server, "about"), StringComparison.Ordinal);
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Page_SignedAgent_IsRenderedFirstOnceForEachNonce()
    {
        await using var agent = await AgentSite.StartAsync();
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        Unverified(server).Settings.Add("WebBotAuth:Agents:0=" + agent.Url);
        await server.OnDemandOnly(manager).StartAsync();

        var signed = agent.Sign(new Uri(server.Url));
        await ReadAsync(server, "one", signed);
        await ReadAsync(server, "two", signed);
        await ReadAsync(server, "three", agent.Sign(new Uri(server.Url)));
        await ReadAsync(server, "four", agent.Sign(new Uri("http://elsewhere.example/")));
        Assert.Equal([10, 5, 10, 5], manager.Requests.Select(request => request.Priority));
        Assert.Equal(1, agent.Reads);
    }

    [Fact]
    public async Task Page_SignatureForAnotherSiteWithItsHost_DoesNotCount()
    {
        await using var agent = await AgentSite.StartAsync();
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        Unverified(server).Settings.Add("WebBotAuth:Agents:0=" + agent.Url);
        await server.OnDemandOnly(manager).StartAsync();

        var signed = agent.Sign(new Uri("http://elsewhere.example/"));
        await ReadAsync(server, "one", new Dictionary<string, string>(signed) { ["Host"] = "elsewhere.example" });
        Assert.Equal(5, Assert.Single(manager.Requests).Priority);
    }

    [Theory]
    [InlineData(404, "{}")]
    [InlineData(302, "")]
    [InlineData(200, "not JSON")]
    [InlineData(200, null)]
    public async Task Page_DirectoryOfTheAgentIsUnusable_IsRenderedLikeForAVisitor(int status, string? body)
    {
        await using var agent = await AgentSite.StartAsync();
        // The declared length is too large, without a body.
        agent.Answer = async http =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (status, status == 302 ? agent.Url + "/elsewhere" : default);
            await http.Response.WriteAsync(body ?? new string(' ', 70_000), Token);
        };
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        Unverified(server).Settings.Add("WebBotAuth:Agents:0=" + agent.Url);
        await server.OnDemandOnly(manager).StartAsync();
        await ReadAsync(server, "one", agent.Sign(new Uri(server.Url)));
        await ReadAsync(server, "two", agent.Sign(new Uri(server.Url)));
        Assert.Equal([5, 5], manager.Requests.Select(request => request.Priority));
        Assert.Equal(1, agent.Reads);
    }

    [Fact]
    public async Task Directory_KeyIsConfigured_IsServedAndSigned()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.AddRange([$"WebBotAuth:SigningSecret={PrivateKey}", "WebBotAuth:SignatureAgent=https://www.example.com", "Pages:ContentSignal=search=yes, ai-train=no"]);
        await server.StartAsync();
        using var response = await server.GetAsync(".well-known/http-message-signatures-directory", "*/*");
        Assert.Equal((HttpStatusCode.OK, KeyDirectory.MediaType), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var body = await response.Content.ReadAsByteArrayAsync(Token);
        var key = Assert.Single(KeyDirectory.Read(body, DateTimeOffset.UtcNow)).Value;
        var input = SignatureInput.Read(StructuredFields.ReadDictionary(response.Headers.GetValues("Signature-Input").Single())!["fleet"])!;
        var text = SignatureBase.Of(input, new("GET", "https", "www.example.com", KeyDirectory.Path, name => name == "content-digest" ? response.Headers.GetValues("Content-Digest").Single() : null) { IsResponse = true })!;
        Assert.True(key.Verifies(Encoding.ASCII.GetBytes(text), StructuredFields.BytesOf(StructuredFields.ReadDictionary(response.Headers.GetValues("Signature").Single())!["fleet"])!));

        using var robots = await server.GetAsync("robots.txt", "*/*");
        Assert.StartsWith("User-agent: *\nContent-Signal: search=yes, ai-train=no\nDisallow: /_\n", await robots.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pages:CrawlerNetworks:0=10.0.0.0/99", "Pages:CrawlerNetworks has '10.0.0.0/99'")]
    [InlineData("Pages:ContentSignal=ai=no", "Pages: ContentSignal is 'ai=no'")]
    [InlineData("WebBotAuth:Agents:0=agent", "WebBotAuth: Agents has 'agent'")]
    [InlineData("WebBotAuth:SigningSecret=short", "WebBotAuth: SigningSecret must be 32 bytes in base64url")]
    [InlineData("WebBotAuth:SignatureAgent=http://www.example.com", "WebBotAuth: SignatureAgent is 'http://www.example.com'")]
    public async Task Start_InvalidSetting_NamesIt(string setting, string error)
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.RemoveAll(known => known == RealmServerUnderTest.CrawlersAreVerified);
        server.Settings.Add(setting);
        var failure = await Record.ExceptionAsync(() => server.Build().StartAsync(Token));
        Assert.Contains(error, failure?.Message ?? "", StringComparison.Ordinal);
    }

    private static RealmServerUnderTest Unverified(RealmServerUnderTest server)
    {
        server.Settings.RemoveAll(known => known == RealmServerUnderTest.CrawlersAreVerified);
        return server;
    }

    private static async Task<string> ReadAsync(RealmServerUnderTest server, string path, IReadOnlyDictionary<string, string>? headers = null)
    {
        using var response = await server.GetAsync(path, with: request =>
        {
            request.Headers.TryAddWithoutValidation("User-Agent", "Googlebot");
            foreach (var (name, value) in headers ?? new Dictionary<string, string>())
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Token);
    }

    /// <summary>The site of an agent that signs its requests.</summary>
    private sealed class AgentSite : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly Ed25519Signer _signer = Ed25519Signer.Read(PrivateKey)!;
        private int _reads;

        private AgentSite(WebApplication app) => _app = app;

        public string Url => _app.Urls.Single();

        public int Reads => _reads;

        public Func<HttpContext, Task>? Answer { get; set; }

        public static async Task<AgentSite> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var site = new AgentSite(app);
            app.MapGet(KeyDirectory.Path, http =>
            {
                Interlocked.Increment(ref site._reads);
                return site.Answer?.Invoke(http) ?? http.Response.Body.WriteAsync(KeyDirectory.Write(site._signer.Key), http.RequestAborted).AsTask();
            });
            await app.StartAsync(Token);
            return site;
        }

        /// <summary>The headers of a signed request of an origin.</summary>
        public IReadOnlyDictionary<string, string> Sign(Uri url) => new MessageSigner(_signer, Url, TimeProvider.System).SignRequest(url);

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
