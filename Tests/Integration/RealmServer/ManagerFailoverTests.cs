using System.Net;
using System.Net.Sockets;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>A realm server with several managers uses the next one when one fails.</summary>
public sealed class ManagerFailoverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_ManagerIsGone_TheNextOneGetsTheRequestAndStaysInUse()
    {
        await using var alive = await RunAsync(HttpStatusCode.OK);
        var managers = new ManagerAddresses([Closed(), new(alive.Urls.Single() + "/")]);
        using var client = Client(managers);

        using var first = await client.GetAsync("health?a=b%2Fc", Token);

        Assert.Equal((HttpStatusCode.OK, "/health?a=b%2Fc"), (first.StatusCode, await first.Content.ReadAsStringAsync(Token)));
        Assert.Equal(managers.All[1], managers.Current);
    }

    [Fact]
    public async Task Send_AllManagersAreGone_FailsAfterOneTryEach()
    {
        using var client = Client(new([Closed(), Closed()]));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("health", Token));
        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, 1)]
    [InlineData(HttpStatusCode.TooManyRequests, 0)]
    [InlineData(HttpStatusCode.BadRequest, 0)]
    public async Task Send_AnswerOfAManager_IsPassedOnAndOnlyA503ChangesIt(HttpStatusCode status, int next)
    {
        await using var one = await RunAsync(status);
        await using var other = await RunAsync(HttpStatusCode.OK);
        var managers = new ManagerAddresses([new(one.Urls.Single() + "/"), new(other.Urls.Single() + "/")]);
        using var client = Client(managers);

        using var answer = await client.GetAsync("health", Token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(managers.All[next], managers.Current);
    }

    [Fact]
    public async Task Send_ConnectionBreaksDuringARequest_IsNotRepeatedButTheNextRequestGoesElsewhere()
    {
        await using var breaking = await RunAsync(null);
        await using var other = await RunAsync(HttpStatusCode.OK);
        var managers = new ManagerAddresses([new(breaking.Urls.Single() + "/"), new(other.Urls.Single() + "/")]);
        using var client = Client(managers);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("renders", new StringContent("{}"), Token));
        using var next = await client.PostAsync("renders", new StringContent("{}"), Token);

        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public void Leave_RequestsThatFailTogether_ChangeTheManagerOnce()
    {
        var managers = new ManagerAddresses([new("http://a/"), new("http://b/"), new("http://c/")]);
        managers.Leave(new("http://a/"));
        managers.Leave(new("http://a/"));
        Assert.Equal(new("http://b/"), managers.Current);
    }

    [Fact]
    public async Task Health_FirstManagerIsGone_RealmServerReachesTheSecond()
    {
        await using var manager = await RunAsync(HttpStatusCode.OK);
        await using var server = new RealmServerUnderTest();
        server.Settings.Add($"services:manager:http:0={Closed()}");
        server.Settings.Add($"services:manager:http:1={manager.Urls.Single()}");
        await server.StartAsync();

        await server.Services.GetRequiredService<ManagerClient>().EnsureReadyAsync(Token);
    }

    [Fact]
    public void Build_GapInTheNumbers_SaysWhichAddressIsMissing()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("services:manager:http:0", "http://a"), new("services:manager:http:2", "http://c")]).Build();
        Assert.Contains("services:manager:http:1 is missing", Assert.Throws<StartException>(() => configuration.FindServiceUris("manager")).Message, StringComparison.Ordinal);
    }

    private static HttpClient Client(ManagerAddresses managers) => new(new ManagerFailoverHandler(managers) { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = managers.All[0] };

    private static async Task<WebApplication> RunAsync(HttpStatusCode? status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(http =>
        {
            if (status is null)
            {
                http.Abort();
                return Task.CompletedTask;
            }

            http.Response.StatusCode = (int)status;
            return http.Response.WriteAsync(http.Request.Path + http.Request.QueryString.Value);
        });
        await app.StartAsync(Token);
        return app;
    }

    private static Uri Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new($"http://{listener.LocalEndpoint}/");
    }
}
