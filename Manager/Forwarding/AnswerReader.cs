using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>Classifies a server's response. Never throws: the server may run an incompatible version or return garbage.</summary>
internal static class AnswerReader
{
    private static readonly TimeSpan s_defaultRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Reads a complete response.</summary>
    /// <param name="server">The server's name, for messages.</param>
    /// <param name="operation">The render that was sent.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">The response body.</param>
    /// <param name="retryAfter">The server's <c>Retry-After</c>, if any.</param>
    public static ForwardAnswer Read(string server, RenderOperation operation, HttpStatusCode status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        if (status == HttpStatusCode.OK)
        {
            return TryRead<RenderResult>(body.Span) is { Formats: not null, Timings: not null, Deps: not null } result
                ? new(
                    result switch
                    {
                        { Outcome: not RenderOutcome.NoVerdict } => ForwardKind.Verdict,
                        { Page.Crashed: true } => ForwardKind.Crashed,
                        _ => ForwardKind.NoVerdict,
                    },
                    RenderContent.Of(result, body, server))
                : Garbage($"Server {server} returned a body that is not a render result.");
        }

        var problem = TryRead<ServerProblem>(body.Span);
        var reason = problem?.Reason ?? "";
        var detail = problem?.Detail is { } message ? $"Server {server}: {message}" : $"Server {server} returned {(int)status}.";
        return status switch
        {
            HttpStatusCode.ServiceUnavailable when reason == "draining" => Error(ForwardKind.Draining, 503, reason),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests =>
                Error(ForwardKind.Busy, (int)status, reason.Length > 0 ? reason : "queue-full"),
            HttpStatusCode.GatewayTimeout => Error(ForwardKind.DeadlinePassed, 504, "deadline"),
            HttpStatusCode.Unauthorized =>
                Garbage($"Server {server} does not accept this manager's admin key: Fleet:AdminKey must be the same for all services."),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
                Error(ForwardKind.Rejected, (int)status, reason.Length > 0 ? reason : "invalid-request"),
            _ => Garbage(detail),
        };

        ForwardAnswer Garbage(string message) => ForwardAnswer.WithoutVerdict(ForwardKind.Garbage, operation, message);

        ForwardAnswer Error(ForwardKind kind, int code, string errorReason) => new(kind, new RenderError(code, errorReason, detail)
        {
            RetryAfter = code is 429 or 503 ? retryAfter ?? s_defaultRetryAfter : null,
        });
    }

    private static T? TryRead<T>(ReadOnlySpan<byte> body) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, FleetJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record ServerProblem(string? Reason, string? Detail);
}
