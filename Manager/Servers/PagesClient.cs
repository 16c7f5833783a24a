using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Servers;

/// <summary>Sends operators' requests for stored pages to the realm server, which has the API for them, and returns its answer.</summary>
internal sealed class PagesClient(HttpClient http, IConfiguration configuration, IOptions<ManagerOptions> options, FleetKeys keys, TimeProvider timeProvider)
{
    // 1,000 pages with URLs of maximum length and a reason each.
    private const int MaxAnswerBytes = 2 * PagesRequest.MaxBodyBytes;

    private readonly Uri? _site = SiteAddress.Find(configuration)?.Internal;

    /// <summary>Has pages rendered and stored again.</summary>
    /// <param name="urls">The pages.</param>
    /// <param name="authorization">The caller's own <c>Authorization</c> header.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<IResult> RecacheAsync(IReadOnlyList<string> urls, string? authorization, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/_pages/recache", JsonContent.Create(new PagesRequest { Urls = urls }, options: FleetJson.Options), authorization, cancellationToken);

    /// <summary>Passes a request of an operator on.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query of the realm server.</param>
    /// <param name="content">The body; null for none.</param>
    /// <param name="authorization">The caller's own <c>Authorization</c> header: this manager adds no rights of its own.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The realm server's answer, or a problem if there is none within <c>Manager:OperatorTimeout</c>.</returns>
    public async Task<IResult> SendAsync(HttpMethod method, string path, HttpContent? content, string? authorization, CancellationToken cancellationToken)
    {
        var answer = await ExchangeAsync(method, path, content, request => request.Headers.TryAddWithoutValidation("Authorization", authorization), cancellationToken);
        return answer.MediaType is { } mediaType ? Results.Text(answer.Body, mediaType, statusCode: answer.Status) : FleetProblem.Result(answer.Status, answer.Reason!, answer.Detail!);
    }

    /// <summary>Sends a request of this manager itself.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query of the realm server.</param>
    /// <param name="content">The body; null for none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The realm server's answer, or a problem if there is none within <c>Manager:OperatorTimeout</c>.</returns>
    public Task<PagesAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken) =>
        ExchangeAsync(method, path, content, request => request.Authorize(keys, ServiceToken.RealmServer, timeProvider.GetUtcNow()), cancellationToken);

    private async Task<PagesAnswer> ExchangeAsync(HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage> authorize, CancellationToken cancellationToken)
    {
        if (_site is null)
        {
            return PagesAnswer.Problem(StatusCodes.Status409Conflict, "no-realm-server", "This manager knows no realm server: set services:realm:http:0.");
        }

        using var timeout = new CancellationTokenSource(options.Value.OperatorTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(_site, path)) { Content = content };
            authorize(request);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(either.Token), response.Content.Headers.ContentType?.MediaType ?? MediaTypeNames.Application.Json);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PagesAnswer.Problem(StatusCodes.Status504GatewayTimeout, "realm-server-timeout",
                $"The realm server did not answer within {options.Value.OperatorTimeout.TotalSeconds:0.###} s (Manager:OperatorTimeout). Repeating the request is harmless.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PagesAnswer.Problem(StatusCodes.Status502BadGateway, "realm-server-unreachable", "The realm server (services:realm:http:0) cannot be reached.");
        }
    }
}

/// <summary>An answer of the realm server, or a problem if there is none.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body; empty for a problem of this manager.</param>
/// <param name="MediaType">Media type of the body; null for a problem of this manager.</param>
internal sealed record PagesAnswer(int Status, string Body, string? MediaType)
{
    /// <summary>Reason of a problem, also of one that the realm server reports; null for another answer.</summary>
    public string? Reason { get; private init; }

    /// <summary>Detail of a problem, also of one that the realm server reports; null for another answer.</summary>
    public string? Detail { get; private init; }

    public static PagesAnswer Problem(int status, string reason, string detail) => new(status, "", null) { Reason = reason, Detail = detail };

    /// <summary>The body, or a problem if the answer is one or cannot be read.</summary>
    public (T? Value, PagesAnswer? Problem) Read<T>()
        where T : class
    {
        if (MediaType is null)
        {
            return (null, this);
        }

        try
        {
            if (Status < StatusCodes.Status400BadRequest)
            {
                return (JsonSerializer.Deserialize<T>(Body, FleetJson.Options), null);
            }

            var problem = JsonSerializer.Deserialize<JsonElement>(Body);
            return (null, Problem(Status, problem.GetProperty("reason").GetString()!, problem.GetProperty("detail").GetString()!));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, Problem(StatusCodes.Status502BadGateway, "realm-server-unreadable", $"The realm server answered {Status} with a body that this manager cannot read."));
        }
    }
}
