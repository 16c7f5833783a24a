using System.Globalization;
using System.Net;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary>Results that are too large to be buffered are streamed.</summary>
public sealed class LargeResultTests : IAsyncLifetime
{
    private const int Large = 30 * 1024 * 1024;
    private const int Sent = 4 * 1024 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManagerUnderTest _manager = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _manager = await ManagerUnderTest.StartAsync("--Manager:AnswerGrace=00:00:00.500");

    public ValueTask DisposeAsync()
    {
        _goOn.TrySetResult();
        return _manager.DisposeAsync();
    }

    [Fact]
    public async Task Post_LargeResult_ItsBeginningArrivesBeforeItsEndIsSent()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = (http, _) => SendAsync(http, Large, () => _goOn.Task);

        using var response = await SendAsync();
        Assert.Equal((HttpStatusCode.OK, Large), (response.StatusCode, response.Content.Headers.ContentLength));
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[Sent], Token).AsTask().WaitAsync(s_limit, Token);
        Assert.False(_goOn.Task.IsCompleted);

        _goOn.SetResult();
        Assert.Equal(Large - Sent, await CountAsync(body));
    }

    [Fact]
    public async Task Post_SameLargeResultTwice_IsRenderedForEach()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = async (http, _) =>
        {
            await _goOn.Task.WaitAsync(http.RequestAborted);
            await SendAsync(http, Large, () => Task.CompletedTask);
        };
        var responses = new[] { SendAsync(), SendAsync() };
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Callers == 2, () => "two callers");
        await Eventually.TrueAsync(() => server.Calls.Count == 1, () => "one render at the server");

        _goOn.SetResult();
        foreach (var response in await Task.WhenAll(responses))
        {
            await using var body = await response.Content.ReadAsStreamAsync(Token);
            Assert.Equal(Large, await CountAsync(body));
            response.Dispose();
        }

        Assert.Equal(2, server.Calls.Count);
    }

    [Theory]
    [InlineData("breaks")]
    [InlineData("pauses")]
    public async Task Post_LargeResultThatDoesNotEnd_IsBrokenOffToo(string fault)
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = (http, _) => SendAsync(http, Large, async () =>
        {
            // An abort discards what the manager has not read: before it has the beginning, it would repeat the render.
            await _goOn.Task;
            if (fault == "breaks")
            {
                http.Abort();
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        });

        using var response = await SendAsync(deadlineMs: 2_000);
        Assert.Equal((HttpStatusCode.OK, Large), (response.StatusCode, response.Content.Headers.ContentLength));
        _goOn.SetResult();
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAnyAsync<IOException>(() => CountAsync(body).WaitAsync(s_limit, Token));
    }

    [Fact]
    public async Task Post_CallerDisconnectsDuringTheBody_TheServersRequestIsCancelled()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        server.Answer = (http, _) => SendAsync(http, Large, () => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted));
        using (var response = await SendAsync())
        {
            await using var body = await response.Content.ReadAsStreamAsync(Token);
            await body.ReadExactlyAsync(new byte[Sent], Token);
        }

        await server.Aborted.Task.WaitAsync(s_limit, Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ResultOverTheBound_IsRefusedOrAborted(bool isLengthKnown)
    {
        await using var manager = await ManagerUnderTest.StartAsync($"--Manager:MaxResultBytes={2 * Sent}");
        var server = await manager.AddServerAsync("prerender-0");
        server.Answer = (http, _) => SendAsync(http, Large, () => Task.CompletedTask, isLengthKnown);
        using var response = await SendAsync(manager);
        if (isLengthKnown)
        {
            await ManagerUnderTest.AssertProblemAsync(response, 502, "result-too-large");
            return;
        }

        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAnyAsync<IOException>(() => CountAsync(body).WaitAsync(s_limit, Token));
    }

    [Fact]
    public async Task Post_ServerFailsWhileASmallResultIsSent_AnotherRendersIt()
    {
        var (first, second) = await _manager.AddTwoServersAsync();
        first.Answer = (http, _) => SendAsync(http, 20_000, () =>
        {
            http.Abort();
            return Task.CompletedTask;
        }, sendFirst: 10_000);
        var result = await _manager.RenderAsync(s_request);
        Assert.Equal((RenderOutcome.Rendered, second.Name), (result.Outcome, result.Page?.Server));
        Assert.Single(first.Calls);
    }

    private Task<HttpResponseMessage> SendAsync(int deadlineMs = 60_000) => SendAsync(_manager, deadlineMs);

    private static Task<HttpResponseMessage> SendAsync(ManagerUnderTest manager, int deadlineMs = 60_000)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/renders")
        {
            Content = System.Net.Http.Json.JsonContent.Create(s_request with { DeadlineMs = deadlineMs }, options: FleetJson.Options),
        };
        return manager.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    // The manager does not parse the body: the outcome is in the headers.
    private static async Task SendAsync(HttpContext http, int length, Func<Task> inTheMiddle, bool isLengthKnown = true, int sendFirst = Sent)
    {
        http.Response.Headers[FleetHeaders.Outcome] = "rendered";
        http.Response.Headers[FleetHeaders.PageStatus] = 200.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = isLengthKnown ? length : null;
        await http.Response.Body.WriteAsync(new byte[sendFirst], http.RequestAborted);
        await inTheMiddle();
        for (var left = length - sendFirst; left > 0; left -= Sent)
        {
            await http.Response.Body.WriteAsync(new byte[Math.Min(left, Sent)], http.RequestAborted);
        }
    }

    private static async Task<long> CountAsync(Stream body)
    {
        var (buffer, total) = (new byte[64 * 1024], 0L);
        for (var count = await body.ReadAsync(buffer, Token); count > 0; count = await body.ReadAsync(buffer, Token))
        {
            total += count;
        }

        return total;
    }
}
