using System.Net;
using System.Text;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Packages;

public sealed class FleetClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://manager:5200", "http://manager:5200/", null)]
    [InlineData("Endpoint=http://manager:5200/fleet;AdminKey=a=b", "http://manager:5200/fleet/", "a=b")]
    [InlineData(" endpoint = https://manager ; ", "https://manager/", null)]
    public async Task AddFleetClient_ConnectionString_IsTheAddress(string connection, string address, string? key)
    {
        var seen = new Recorder(HttpStatusCode.OK, "{}");
        var client = Client(seen, ("ConnectionStrings:fleet", connection));
        await client.GetStatusAsync(Token);
        Assert.Equal(new Uri(new Uri(address), "fleet"), seen.Request!.RequestUri);
        Assert.Equal(key, seen.Request.Headers.Authorization?.Parameter);
    }

    [Theory]
    [InlineData("ConnectionStrings:fleet", "manager", "'manager'")]
    [InlineData("ConnectionStrings:fleet", "Endpoint=ftp://x", "Endpoint is 'ftp://x'")]
    [InlineData("Fleet:Client:Endpoit", "http://x", "Endpoit")]
    [InlineData("Other", "x", "ConnectionStrings:fleet or Fleet:Client:Endpoint")]
    public void AddFleetClient_WrongConfiguration_NamesIt(string setting, string value, string named)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Client(new Recorder(HttpStatusCode.OK, "{}"), (setting, value)));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_Problem_IsAnExceptionWithItsReason()
    {
        var answer = new Recorder(HttpStatusCode.TooManyRequests, """{"reason":"queue-full","detail":"The queue is full."}""", "application/problem+json", ("Retry-After", "7"));
        var error = await Assert.ThrowsAsync<FleetException>(() => Client(answer).RenderAsync(new() { Url = "http://site/" }, Token));
        Assert.Equal(("queue-full", "The queue is full.", HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), (error.Reason, error.Message, error.Status, error.RetryAfter));
    }

    [Theory]
    [InlineData("text/html", "<h1>It works</h1>")]
    [InlineData("application/json", "[]")]
    [InlineData("application/problem+json", "no")]
    public async Task Render_AnswerOfAnotherServer_SaysSo(string mediaType, string body)
    {
        var error = await Assert.ThrowsAsync<FleetException>(() => Client(new Recorder(HttpStatusCode.OK, body, mediaType)).RenderAsync(new() { Url = "http://site/" }, Token));
        Assert.Equal("not-a-manager", error.Reason);
        error = await Assert.ThrowsAsync<FleetException>(() => Client(new Recorder(HttpStatusCode.OK, body, mediaType)).GetDocumentAsync("http://site/", cancellationToken: Token));
        Assert.Equal("not-a-manager", error.Reason);
    }

    [Fact]
    public async Task GetDocument_Answer_HasThePagesStatusAndHeadersOnly()
    {
        var answer = new Recorder(HttpStatusCode.NotFound, "<p>é</p>", "text/html; charset=utf-8", ("X-Fleet-Outcome", "failed"), ("X-Robots-Tag", "noindex"), ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "sandbox"), ("Server", "Kestrel"), ("Age", "9"));
        var page = await Client(answer).GetDocumentAsync("http://site/%c3%a9?a=1&b=ü", TimeSpan.FromSeconds(2), cancellationToken: Token);
        Assert.Equal((RenderOutcome.Failed, 404, "<p>é</p>", TimeSpan.FromSeconds(9)), (page.Outcome, page.Status, page.Text, page.Age));
        Assert.Equal(["X-Robots-Tag"], page.Headers.Keys);
        Assert.Equal("http://manager/render?url=http%3A%2F%2Fsite%2F%25c3%25a9%3Fa%3D1%26b%3D%C3%BC&deadlineMs=2000", answer.Request!.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task Render_NoAnswer_EndsAfterTheDeadlineAndTheMargin()
    {
        var time = new VirtualTimeProvider();
        var client = new FleetClient(new HttpClient(new Silent()) { BaseAddress = new("http://manager/") }, time);
        var render = client.RenderAsync(new() { Url = "http://site/", DeadlineMs = 1000 }, Token);
        time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.False(render.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var error = await Assert.ThrowsAsync<FleetException>(() => render);
        Assert.Equal("no-answer", error.Reason);
    }

    [Fact]
    public async Task Render_AnswerOverTheLimit_SaysSo()
    {
        var client = new FleetClient(new HttpClient(new Recorder(HttpStatusCode.OK, new string('x', 100))) { BaseAddress = new("http://manager/"), MaxResponseContentBufferSize = 99 });
        var error = await Assert.ThrowsAsync<FleetException>(() => client.RenderAsync(new() { Url = "http://site/" }, Token));
        Assert.Equal("too-large", error.Reason);
    }

    // The handlers that the service defaults of Aspire's templates add to every client.
    [Fact]
    public async Task AddFleetClient_ResilienceForAllClients_IsLeftOut()
    {
        var answer = new Recorder(HttpStatusCode.ServiceUnavailable, """{"reason":"queue-full","detail":"Full."}""", "application/problem+json");
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["Fleet:Client:Endpoint"] = "http://manager";
        builder.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        builder.AddFleetClient().ConfigurePrimaryHttpMessageHandler(() => answer);
        using var host = builder.Build();

        await Assert.ThrowsAsync<FleetException>(() => host.Services.GetRequiredService<FleetClient>().RenderAsync(new() { Url = "http://site/" }, Token));
        Assert.Equal(1, answer.Count);
    }

    [Fact]
    public void AddFleetClient_Twice_HasOneHealthCheck()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["Fleet:Client:Endpoint"] = "http://manager";
        builder.AddFleetClient();
        builder.AddFleetClient();
        using var host = builder.Build();
        Assert.Equal("fleet", Assert.Single(host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations).Name);
    }

    [Fact]
    public async Task GetMarkdown_Page_IsRequestedInThatFormat()
    {
        var answer = new Recorder(HttpStatusCode.OK, "# Title", "text/markdown", ("X-Fleet-Outcome", "rendered"), ("X-Markdown-Tokens", "2"));
        var page = await Client(answer).GetMarkdownAsync("http://site/a?b", device: "mobile", cancellationToken: Token);
        Assert.Equal(("# Title", "text/markdown", "2"), (page.Text, page.MediaType, page.Headers["X-Markdown-Tokens"]));
        Assert.Equal("/render?url=http%3A%2F%2Fsite%2Fa%3Fb&format=markdown&device=mobile&deadlineMs=30000", answer.Request!.RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task Render_CallerGivesUp_IsCancelled()
    {
        using var caller = new CancellationTokenSource();
        var client = new FleetClient(new HttpClient(new Silent()) { BaseAddress = new("http://manager/") }, new VirtualTimeProvider());
        var render = client.RenderAsync(new() { Url = "http://site/" }, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => render);
    }

    private static FleetClient Client(HttpMessageHandler handler, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        foreach (var (key, value) in settings.DefaultIfEmpty(("Fleet:Client:Endpoint", "http://manager")))
        {
            builder.Configuration[key] = value;
        }

        builder.AddFleetClient().ConfigurePrimaryHttpMessageHandler(() => handler);
        return builder.Build().Services.GetRequiredService<FleetClient>();
    }

    private sealed class Recorder(HttpStatusCode status, string body, string mediaType = "application/json", params (string Name, string Value)[] headers) : HttpMessageHandler
    {
        public HttpRequestMessage? Request { get; private set; }

        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Request = request;
            Count++;
            var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)), RequestMessage = request };
            response.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType);
            foreach (var (name, value) in headers)
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }

            return Task.FromResult(response);
        }
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
