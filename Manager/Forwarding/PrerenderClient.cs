using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Forwarding;

/// <summary>Sends a render to one server, once. Server failures are returned, never thrown; only the caller's cancellation throws.</summary>
internal sealed class PrerenderClient(
    HttpClient http, AnswerReceiver receiver, IOptions<ManagerOptions> options, FleetKeys keys, TimeProvider timeProvider)
{
    /// <summary>Sends the render and receives the response.</summary>
    /// <param name="server">The server to send to.</param>
    /// <param name="operation">The render to send.</param>
    /// <param name="gone">Cancelled when the server is declared gone, even if its connections are still open.</param>
    /// <param name="cancellationToken">Cancelled when the caller disconnects.</param>
    public async Task<ForwardAnswer> SendAsync(ServerRecord server, RenderOperation operation, CancellationToken gone, CancellationToken cancellationToken)
    {
        var left = operation.Deadline.Left;
        if (left < TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs))
        {
            return Late($"The deadline of {Milliseconds(operation.Deadline.Total)} ms passed before the render could start.");
        }

        // The server enforces the deadline itself; this bounds a server that accepts the request and never responds.
        using var timeout = new CancellationTokenSource(left + options.Value.AnswerGrace, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, gone);
        try
        {
            if (!Uri.TryCreate(server.Url.TrimEnd('/') + RouteOf(operation), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                return Unreachable($"Server {server.Name} registered an address that is not an http or https URL.");
            }

            using var request = CreateRequest(server, address, operation, left);
            return await receiver.ReceiveAsync(server, operation, await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return gone.IsCancellationRequested
                ? ForwardAnswer.WithoutVerdict(ForwardKind.ConnectionLost, operation, $"Server {server.Name} stopped responding.")
                : timeout.IsCancellationRequested
                ? Late($"Server {server.Name} did not respond within the deadline of {Milliseconds(operation.Deadline.Total)} ms.")
                : Unreachable($"Server {server.Name} did not accept a connection within {Milliseconds(options.Value.ConnectTimeout)} ms.");
        }
        catch (HttpRequestException error)
        {
            return error.HttpRequestError switch
            {
                HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError =>
                    Unreachable($"Server {server.Name} cannot be reached."),
                HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError =>
                    ForwardAnswer.WithoutVerdict(ForwardKind.Garbage, operation, $"Server {server.Name} returned an invalid HTTP response."),
                _ => Lost(),
            };
        }
        catch (IOException)
        {
            return Lost();
        }

        ForwardAnswer Lost() => ForwardAnswer.WithoutVerdict(ForwardKind.ConnectionLost, operation, $"The connection to server {server.Name} broke before the response was complete.");
    }

    private HttpRequestMessage CreateRequest(ServerRecord server, Uri address, RenderOperation operation, TimeSpan left)
    {
        var leftMs = (int)Math.Clamp(left.TotalMilliseconds, RenderLimits.MinDeadlineMs, RenderLimits.MaxDeadlineMs);
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(BodyOf(operation, leftMs))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        if (operation.Document)
        {
            request.Headers.Accept.Add(new(MediaTypeNames.Text.Html));
        }

        if (operation.FullLoad)
        {
            request.Headers.CacheControl = new() { NoCache = true };
        }

        request.Headers.Add(FleetHeaders.DeadlineMs, leftMs.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(FleetHeaders.RequestId, operation.RequestId);
        if (operation.Command is { Key: var idempotencyKey })
        {
            request.Headers.Add(FleetHeaders.IdempotencyKey, idempotencyKey);
        }

        request.Authorize(keys, ServiceToken.PrerenderServer(server.Incarnation), timeProvider.GetUtcNow());
        if (keys.Lineage is { } key)
        {
            request.Headers.Add(FleetHeaders.Lineage, new RenderLineage(
                operation.RequestId, operation.Depth, operation.Request.Priority, timeProvider.GetUtcNow() + left + RenderLineage.Grace).Sign(key));
        }

        return request;
    }

    private static string RouteOf(RenderOperation operation) => operation switch
    {
        { Screenshot: not null } => "/screenshots",
        { Command: not null } => "/commands",
        _ => "/renders",
    };

    private static byte[] BodyOf(RenderOperation operation, int leftMs) => operation switch
    {
        { Screenshot: { } screenshot } => Write(screenshot with { Affinity = operation.Affinity, DeadlineMs = leftMs, Priority = operation.Request.Priority }),
        { Command.Request: { } command } => Write(command with { DeadlineMs = leftMs, Priority = operation.Request.Priority }),
        _ => Write(operation.Request with { Affinity = operation.Affinity, DeadlineMs = leftMs }),
    };

    private static byte[] Write<T>(T body) => JsonSerializer.SerializeToUtf8Bytes(body, FleetJson.Options);

    private static ForwardAnswer Late(string detail) => new(ForwardKind.DeadlinePassed, RenderError.Deadline(detail));

    private static ForwardAnswer Unreachable(string detail) =>
        new(ForwardKind.Unreachable, new RenderError(503, "no-servers", detail) { RetryAfter = Registry.RegistryTtl.Repeat });

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
