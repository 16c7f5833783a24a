using System.Net;
using Fleet.AppHost.Startup;
using Fleet.Tests.Time;

namespace Fleet.Tests.AppHost;

public sealed class HealthProbeHandlerTests
{
    private readonly VirtualTimeProvider _clock = new();

    [Theory]
    [InlineData("/health", 0, 1, 200)]
    [InlineData("/health", 5, 6, 200)]
    // After 8 s of requests at intervals of 250 ms, the last answer counts.
    [InlineData("/health", 1000, 33, 503)]
    [InlineData("/pool", 1000, 1, 503)]
    public async Task Get_ServiceThatIsStarting_IsAskedAgainUntilItIsHealthy(string path, int unavailable, int expectedRequests, int expectedStatus)
    {
        var service = new Service(request => request <= unavailable ? new(HttpStatusCode.ServiceUnavailable) : new(HttpStatusCode.OK));

        using var response = await GetAsync(service, path);

        Assert.Equal((expectedRequests, expectedStatus), (service.Requests, (int)response.StatusCode));
    }

    [Fact]
    public async Task Get_ServiceThatDoesNotListenYet_IsAskedAgain()
    {
        var service = new Service(request => request <= 3 ? throw new HttpRequestException("refused") : new(HttpStatusCode.OK));

        using var response = await GetAsync(service, "/health");

        Assert.Equal((4, HttpStatusCode.OK), (service.Requests, response.StatusCode));
    }

    [Fact]
    public async Task Get_ServiceThatNeverListens_Throws()
    {
        var service = new Service(static _ => throw new HttpRequestException("refused"));

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(service, "/health"));

        Assert.Equal(HealthProbeHandler.Patience, _clock.Elapsed);
    }

    private async Task<HttpResponseMessage> GetAsync(Service service, string path)
    {
        using var client = new HttpClient(new HealthProbeHandler(_clock) { InnerHandler = service }) { BaseAddress = new Uri("http://service"), Timeout = Timeout.InfiniteTimeSpan };
        var response = client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        while (!response.IsCompleted)
        {
            await Eventually.Async(() => response.IsCompleted || _clock.TimersArmed == 1, "the next request is due", () => $"{service.Requests} requests");
            _clock.Advance(response.IsCompleted ? TimeSpan.Zero : HealthProbeHandler.Interval);
        }

        return await response;
    }

    private sealed class Service(Func<int, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            try
            {
                return Task.FromResult(answer(Requests));
            }
            catch (HttpRequestException e)
            {
                return Task.FromException<HttpResponseMessage>(e);
            }
        }
    }
}
