using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Errors over HTTP: problem details with a stable reason, and never a stack trace.</summary>
public sealed class ProblemTests : IAsyncLifetime
{
    private const string Key = "correct-horse-battery-staple-for-tests";
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0"), new("Fleet:AdminKey", Key)]);
        builder.AddServiceDefaults();
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapPost("/echo", (RenderRequest request) => request);
        _app.MapGet("/busy", string () => throw new RequestException(503, "queue-full", "512 of 512 are in flight.", TimeSpan.FromMilliseconds(1200)));
        _app.MapGet("/bug", string () => throw new InvalidOperationException("secret detail"));
        _app.MapPost("/admin", () => "in").RequireAdminKey();
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("{", "malformed-json", "JSON")]
    [InlineData("{\"url\":7}", "malformed-json", "The body's $.url is 7, but must be a string")]
    [InlineData("{\"url\":\"http://a/\",\"formats\":[\"isolatd\"]}", "malformed-json", "$.formats[0] is not what it should be: 'isolatd' is none of isolated")]
    [InlineData("{\"url\":\"http://a/\",\"formats\":[3]}", "malformed-json", "$.formats")]
    [InlineData("{}", "malformed-json", "url")]
    [InlineData("{\"url\":\"http://a/\",\"formts\":[]}", "invalid-request", "'formats'")]
    public async Task Post_BadBody_SaysWhereItIsWrong(string body, string reason, string place)
    {
        using var response = await _client.PostAsync("/echo", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, reason, place);
    }

    [Fact]
    public async Task Post_BodyInMalformedChunks_HasAReason()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(_client.BaseAddress!.Host, _client.BaseAddress.Port, TestContext.Current.CancellationToken);
        await tcp.GetStream().WriteAsync("POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tcp.GetStream());

        // The server closes the connection, whose next request it could not find.
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"bad-request\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TextThatIsNotUtf8_SaysSo()
    {
        using var content = new ByteArrayContent([.. "{\"url\":\"http://a/"u8, 0xff, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var response = await _client.PostAsync("/echo", content, TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "malformed-json", "$.url must be a string of valid Unicode");
    }

    [Fact]
    public async Task Get_RequestException_CarriesStatusReasonAndRetryAfterRoundedUp()
    {
        using var response = await _client.GetAsync("/busy", TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable, "queue-full", "512");
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Get_UnhandledException_RevealsNoInternals()
    {
        using var response = await _client.GetAsync("/bug", TestContext.Current.CancellationToken);
        var text = await AssertProblemAsync(response, HttpStatusCode.InternalServerError, "unexpected", "log");
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnknownRoute_IsAProblemToo()
    {
        using var response = await _client.GetAsync("/nowhere", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData("correct-horse-batter", HttpStatusCode.Unauthorized)]
    [InlineData(Key, HttpStatusCode.OK)]
    public async Task Post_AdminRoute_RequiresTheKey(string? key, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin");
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Get_Health_AnswersInEveryEnvironment(string path)
    {
        using var response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Healthy", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<string> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string reason, string detail)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"\"reason\":\"{reason}\"", text, StringComparison.Ordinal);
        Assert.Contains(detail, text, StringComparison.Ordinal);
        return text;
    }
}
