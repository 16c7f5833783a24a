using System.Net.Http.Json;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Servers;

/// <summary>Sends an operator's request to one server, once, and reports the result. Server failures are reported, never thrown.</summary>
internal sealed class ServerOperations(HttpClient http, IOptions<ManagerOptions> options, FleetKeys keys, TimeProvider timeProvider)
{
    public Task<ServerReport> RecycleAsync(ServerRecord server, long? generation, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Post, generation is { } known ? $"/recycle?generation={known}" : "/recycle", cancellationToken);

    public Task<ServerReport> DrainAsync(ServerRecord server, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Post, "/drain", cancellationToken);

    public Task<ServerReport> UndrainAsync(ServerRecord server, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Post, "/undrain", cancellationToken);

    public Task<ServerReport> EvictAsync(ServerRecord server, string affinity, bool revoke, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Delete, $"/affinities/{Uri.EscapeDataString(affinity)}?revoke={(revoke ? "true" : "false")}", cancellationToken);

    private async Task<ServerReport> SendAsync(ServerRecord server, HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.OperatorTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(method, server.Url.TrimEnd('/') + path);
            request.Authorize(keys, ServiceToken.PrerenderServer(server.Incarnation), timeProvider.GetUtcNow());
            using var response = await http.SendAsync(request, either.Token);
            var acted = response.Content.Headers.ContentType?.MediaType == MediaTypeNames.Application.Json
                ? await response.Content.ReadFromJsonAsync<ServerActed>(FleetJson.Options, either.Token) : null;
            return response.IsSuccessStatusCode && acted is not null
                ? Report(server, true, acted.Affected, acted.Detail)
                : Report(server, false, 0, $"It answered {(int)response.StatusCode}. {acted?.Detail}".TrimEnd());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Report(server, false, 0, $"It did not answer within {options.Value.OperatorTimeout.TotalSeconds:0.###} s (Manager:OperatorTimeout).");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or UriFormatException or InvalidOperationException)
        {
            return Report(server, false, 0, "It cannot be reached, or its response was invalid.");
        }
    }

    private static ServerReport Report(ServerRecord server, bool done, int affected, string detail) =>
        new(server.Name, server.Incarnation, done, affected, detail);
}
