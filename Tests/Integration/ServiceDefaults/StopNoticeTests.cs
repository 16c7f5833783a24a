using System.Net;
using System.Net.Sockets;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Stopping;
using Fleet.Tests.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>A stopping service and its open connections.</summary>
public sealed class StopNoticeTests : IAsyncLifetime
{
    private static readonly TimeSpan s_notice = new FleetOptions().StopNotice;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private readonly VirtualTimeProvider _clock = new();
    private WebApplication _app = null!;
    private HttpClient _client = null!;
    private int _connections;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0")]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.AddServiceDefaults();
        builder.AddStopNotice();
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapGet("/work", () => "done");
        await _app.StartAsync();
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Stop_RequestOnAConnectionKeptAlive_IsAnsweredAndTheConnectionClosed()
    {
        using var before = await _client.GetAsync("/work", TestContext.Current.CancellationToken);
        Assert.NotEqual(true, before.Headers.ConnectionClose);

        var stop = await BeginStopAsync();
        using var late = await _client.GetAsync("/work", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, true, 1), (late.StatusCode, late.Headers.ConnectionClose, _connections));
        Assert.Equal("done", await _client.GetStringAsync("/work", TestContext.Current.CancellationToken));
        Assert.Equal(2, _connections);

        await EndAsync(stop);
    }

    [Fact]
    public async Task Stop_DuringTheNotice_IsAliveAndNotReady()
    {
        var stop = await BeginStopAsync();
        using var ready = await _client.GetAsync("/health", TestContext.Current.CancellationToken);
        using var alive = await _client.GetAsync("/alive", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, alive.StatusCode));
        await EndAsync(stop);
    }

    private async Task<Task> BeginStopAsync()
    {
        var stop = _app.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _clock.NextDue is not null, () => "the notice in progress");
        return stop;
    }

    private async Task EndAsync(Task stop)
    {
        _clock.Advance(s_notice - TimeSpan.FromMilliseconds(1));
        Assert.False(stop.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await stop.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync("/work", TestContext.Current.CancellationToken));
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
