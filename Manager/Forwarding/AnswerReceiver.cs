using System.Net;
using System.Net.Mime;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Forwarding;

/// <summary>Receives a server's response. The headers carry the outcome, so a body need not be parsed. A body of up to
/// <c>Manager:BufferedResultBytes</c> is buffered: the render can be retried if the server fails, and the result can be shared by several callers.
/// A larger body is streamed.</summary>
internal sealed class AnswerReceiver(IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    /// <summary>Receives the response, or its first part when it is streamed.</summary>
    /// <param name="server">The server that responded.</param>
    /// <param name="operation">The render that was sent.</param>
    /// <param name="response">The response. This method takes ownership.</param>
    /// <param name="cancellationToken">Cancelled when the caller disconnects, the server is gone or the deadline passes.</param>
    public async Task<ForwardAnswer> ReceiveAsync(ServerRecord server, RenderOperation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isStreamed = false;
        try
        {
            var (maxBytes, length) = (options.Value.MaxResultBytes, response.Content.Headers.ContentLength);
            if (length > maxBytes)
            {
                return TooLarge(maxBytes);
            }

            var summary = VerdictOf(operation, response);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var start = await ResponsePrefix.ReadAsync(body, length, summary is null ? maxBytes : Math.Min(maxBytes, options.Value.BufferedResultBytes), cancellationToken);
            if (!start.IsBuffered && (summary is null || start.Bytes.Length > maxBytes))
            {
                return TooLarge(maxBytes);
            }

            if (summary is null)
            {
                return AnswerReader.Read(server.Name, operation, response.StatusCode, start.Bytes, response.Headers.RetryAfter?.Delta);
            }

            isStreamed = !start.IsBuffered;
            return new(ForwardKind.Verdict, new RenderContent(
                summary, response.Content.Headers.ContentType!.ToString(), start.Bytes,
                isStreamed ? new ResponseRemainder(body, response, length, maxBytes - start.Bytes.Length, ReadTimeoutOf(operation), timeProvider) : null)
            {
                Server = server.Name,
            });
        }
        finally
        {
            if (!isStreamed)
            {
                response.Dispose();
            }
        }
    }

    // The summary of a verdict in the requested form. Null for any other response, such as an error or one from another version: its body must be parsed.
    private static RenderSummary? VerdictOf(RenderOperation operation, HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType is { } type
        && operation.WantsFile != (type == MediaTypeNames.Application.Json)
        && RenderSummary.Read(response.Headers) is { Outcome: not RenderOutcome.NoVerdict } summary
            ? summary : null;

    // The render is complete; this timeout only detects a server that fails while it sends the body.
    private TimeSpan ReadTimeoutOf(RenderOperation operation) => (operation.Deadline.LeftOrZero) + options.Value.AnswerGrace;

    private static ForwardAnswer TooLarge(int maxBytes) => new(ForwardKind.TooLarge, new RenderError(502, "result-too-large",
        $"The result is larger than {maxBytes} bytes (Manager:MaxResultBytes)."));
}
