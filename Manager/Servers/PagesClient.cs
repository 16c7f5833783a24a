using System.Net.Http.Json;
using System.Net.Mime;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Servers;

/// <summary>Sends operators' requests for stored pages to the realm server, which has the API for them, and returns its answer.</summary>
internal sealed class PagesClient(HttpClient http, IConfiguration configuration, IOptions<ManagerOptions> options, TimeProvider timeProvider)
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

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query of the realm server.</param>
    /// <param name="content">The body; null for none.</param>
    /// <param name="authorization">The caller's own <c>Authorization</c> header: this manager adds no rights of its own.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The realm server's answer, or a problem if there is none within <c>Manager:OperatorTimeout</c>.</returns>
    public async Task<IResult> SendAsync(HttpMethod method, string path, HttpContent? content, string? authorization, CancellationToken cancellationToken)
    {
        if (_site is null)
        {
            return FleetProblem.Result(StatusCodes.Status409Conflict, "no-realm-server", "This manager knows no realm server: set services:realm:http:0.");
        }

        using var timeout = new CancellationTokenSource(options.Value.OperatorTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(_site, path)) { Content = content };
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return Results.Text(
                await response.Content.ReadAsStringAsync(either.Token), response.Content.Headers.ContentType?.MediaType ?? MediaTypeNames.Application.Json, statusCode: (int)response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return FleetProblem.Result(StatusCodes.Status504GatewayTimeout, "realm-server-timeout",
                $"The realm server did not answer within {options.Value.OperatorTimeout.TotalSeconds:0.###} s (Manager:OperatorTimeout). Repeating the request is harmless.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return FleetProblem.Result(StatusCodes.Status502BadGateway, "realm-server-unreachable", "The realm server (services:realm:http:0) cannot be reached.");
        }
    }
}
