using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Forwarding;

/// <summary>Sends a render to one server, once. Never throws for what a server does; only the caller's own cancellation comes out.</summary>
internal sealed class PrerenderClient(
    HttpClient http, AnswerReceiver receiver, IOptions<ManagerOptions> options, IOptions<FleetOptions> fleetOptions, TimeProvider timeProvider)
{
    /// <param name="server">Where to.</param>
    /// <param name="operation">What.</param>
    /// <param name="gone">The server is gone, whatever its connections look like.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    public async Task<ForwardAnswer> SendAsync(ServerRecord server, RenderOperation operation, CancellationToken gone, CancellationToken cancellationToken)
    {
        var left = operation.Deadline.Left;
        if (left < TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs))
        {
            return Late($"The deadline of {Milliseconds(operation.Deadline.Total)} ms passed before the render could be started.");
        }

        // The server keeps the deadline itself; this bounds one that accepts and never answers.
        using var timeout = new CancellationTokenSource(left + options.Value.AnswerGrace, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, gone);
        try
        {
            if (!Uri.TryCreate(server.Url.TrimEnd('/') + RouteOf(operation), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                return Unreachable($"Server {server.Name} registered an address that is no URL.");
            }

            using var request = CreateRequest(address, operation, left);
            return await receiver.ReceiveAsync(server, operation, await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return gone.IsCancellationRequested
                ? ForwardAnswer.WithoutVerdict(ForwardKind.ConnectionLost, operation, $"Server {server.Name} did not answer, and shows no sign of life.")
                : timeout.IsCancellationRequested
                ? Late($"Server {server.Name} did not answer within the deadline of {Milliseconds(operation.Deadline.Total)} ms.")
                : Unreachable($"Server {server.Name} did not accept a connection within {Milliseconds(options.Value.ConnectTimeout)} ms.");
        }
        catch (HttpRequestException error)
        {
            return error.HttpRequestError switch
            {
                HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError =>
                    Unreachable($"Server {server.Name} cannot be reached."),
                HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError =>
                    ForwardAnswer.WithoutVerdict(ForwardKind.Garbage, operation, $"Server {server.Name} answered something that is not HTTP."),
                _ => Lost(),
            };
        }
        catch (IOException)
        {
            return Lost();
        }

        ForwardAnswer Lost() => ForwardAnswer.WithoutVerdict(ForwardKind.ConnectionLost, operation, $"The connection to server {server.Name} broke before it had answered.");
    }

    private HttpRequestMessage CreateRequest(Uri address, RenderOperation operation, TimeSpan left)
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

        request.Headers.Add(FleetHeaders.DeadlineMs, leftMs.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(FleetHeaders.RequestId, operation.RequestId);
        if (operation.Command is { Key: var idempotencyKey })
        {
            request.Headers.Add(FleetHeaders.IdempotencyKey, idempotencyKey);
        }

        if (fleetOptions.Value.AdminKey is { } key)
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
