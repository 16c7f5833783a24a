using System.Globalization;
using System.Net;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Servers;

/// <summary>Sends an operator's request to one server, once, and reports the result. Server failures are reported, never thrown.</summary>
internal sealed class ServerOperations(HttpClient http, IOptions<ManagerOptions> options, FleetKeys keys, TimeProvider timeProvider)
{
    /// <summary>Maximum size of a report or a list, in bytes: 50 failures with messages of 2,000 characters.</summary>
    private const int MaxListBytes = 1024 * 1024;

    public Task<ServerReport> RecycleAsync(ServerRecord server, long? generation, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Post, generation is { } known ? $"/recycle?generation={known}" : "/recycle", cancellationToken);

    public Task<ServerReport> DrainAsync(ServerRecord server, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Post, "/drain", cancellationToken);

    public Task<ServerReport> UndrainAsync(ServerRecord server, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Post, "/undrain", cancellationToken);

    public Task<ServerReport> EvictAsync(ServerRecord server, string affinity, bool revoke, CancellationToken cancellationToken) =>
        SendAsync(server, HttpMethod.Delete, $"/affinities/{Uri.EscapeDataString(affinity)}?revoke={(revoke ? "true" : "false")}", cancellationToken);

    /// <summary>The list of the server's failed renders; empty when the report says why there is none.</summary>
    public async Task<(IReadOnlyList<FailedRender> Failures, ServerReport Report)> FailuresAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        var (failures, trouble) = await SendAsync(server, HttpMethod.Get, "/failures", MaxListBytes,
            async (response, token) => response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<IReadOnlyList<FailedRender>>(FleetJson.Options, token) : null,
            cancellationToken);
        // The list is untrusted, so the manager sets the name of the server and the links itself.
        return failures is null
            ? ([], Report(server, false, 0, trouble))
            : ([.. failures.Select(failure => failure with { Server = server.Name, Record = FailedRender.LinkTo(server.Incarnation, failure.Id) })],
                Report(server, true, failures.Count, "It reported its failures."));
    }

    /// <summary>Reads one failure's record, or its screenshot.</summary>
    /// <returns>The body, null when the server has no such record; or why it was not read.</returns>
    public async Task<(byte[]? Body, string? Trouble)> FailureAsync(ServerRecord server, long id, bool screenshot, CancellationToken cancellationToken)
    {
        var missing = false;
        var (body, trouble) = await SendAsync(server, HttpMethod.Get, $"/failures/{id.ToString(CultureInfo.InvariantCulture)}{(screenshot ? "/screenshot" : "")}", options.Value.MaxResultBytes,
            async (response, token) =>
            {
                missing = response.StatusCode == HttpStatusCode.NotFound;
                return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(token) : null;
            },
            cancellationToken);
        return (body, body is null && !missing ? trouble : null);
    }

    private async Task<ServerReport> SendAsync(ServerRecord server, HttpMethod method, string path, CancellationToken cancellationToken)
    {
        string? refusal = null;
        var (acted, trouble) = await SendAsync(server, method, path, MaxListBytes,
            async (response, token) =>
            {
                var answer = response.Content.Headers.ContentType?.MediaType == MediaTypeNames.Application.Json
                    ? await response.Content.ReadFromJsonAsync<ServerActed>(FleetJson.Options, token) : null;
                refusal = answer?.Detail;
                return response.IsSuccessStatusCode ? answer : null;
            },
            cancellationToken);
        return acted is null ? Report(server, false, 0, $"{trouble} {refusal}".TrimEnd()) : Report(server, true, acted.Affected, acted.Detail);
    }

    /// <summary>Sends one request within <c>Manager:OperatorTimeout</c>.</summary>
    /// <returns>What <paramref name="read"/> returned; if that is null, a sentence that says why.</returns>
    private async Task<(T? Value, string Trouble)> SendAsync<T>(
        ServerRecord server, HttpMethod method, string path, int maxBytes, Func<HttpResponseMessage, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(options.Value.OperatorTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(method, server.Url.TrimEnd('/') + path);
            request.Authorize(keys, ServiceToken.PrerenderServer(server.Incarnation), timeProvider.GetUtcNow());
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await response.Content.LoadIntoBufferAsync(maxBytes, either.Token);
            return (await read(response, either.Token), $"It answered {(int)response.StatusCode}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"It did not answer within {options.Value.OperatorTimeout.TotalSeconds:0.###} s (Manager:OperatorTimeout).");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or UriFormatException or InvalidOperationException or IOException)
        {
            return (null, "It cannot be reached, or its response was invalid.");
        }
    }

    private static ServerReport Report(ServerRecord server, bool done, int affected, string detail) =>
        new(server.Name, server.Incarnation, done, affected, detail);
}
