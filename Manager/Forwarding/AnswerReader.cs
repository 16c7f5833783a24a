using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>Understands what a server answered. A server may be of another version or out of its mind: whatever it says, this returns.</summary>
internal static class AnswerReader
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <param name="server">The server's name, for messages.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">The body.</param>
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
                        // It had a page, and then it had none.
                        { Page: not null } => ForwardKind.Crashed,
                        _ => ForwardKind.NoVerdict,
                    },
                    RenderContent.Of(result, body))
                : Garbage($"Server {server} answered something that is no render result.");
        }

        var problem = TryRead<ServerProblem>(body.Span);
        var reason = problem?.Reason ?? "";
        var detail = problem?.Detail is { } said ? $"Server {server}: {said}" : $"Server {server} answered {(int)status}.";
        return status switch
        {
            HttpStatusCode.ServiceUnavailable when reason == "draining" => Refused(ForwardKind.Draining, 503, reason),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests =>
                Refused(ForwardKind.Busy, (int)status, reason.Length > 0 ? reason : "queue-full"),
            HttpStatusCode.GatewayTimeout => Refused(ForwardKind.DeadlinePassed, 504, "deadline"),
            HttpStatusCode.Unauthorized =>
                Garbage($"Server {server} does not accept this manager's admin key: Fleet:AdminKey must be the same for all services."),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
                Refused(ForwardKind.Rejected, (int)status, reason.Length > 0 ? reason : "invalid-request"),
            _ => Garbage(detail),
        };

        ForwardAnswer Garbage(string message) => ForwardAnswer.WithoutVerdict(ForwardKind.Garbage, operation, message);

        ForwardAnswer Refused(ForwardKind kind, int code, string word) => new(kind, new RenderError(code, word, detail)
        {
            RetryAfter = code is 429 or 503 ? retryAfter ?? s_soon : null,
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
