using Fleet.Contracts;
using Fleet.Manager.Rendering;
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

            var head = ResponseHeaders.Read(operation, response);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var start = await ResponsePrefix.ReadAsync(body, length, head is null ? maxBytes : Math.Min(maxBytes, options.Value.BufferedResultBytes), cancellationToken);
            if (!start.IsBuffered && (head is null || start.Bytes.Length > maxBytes))
            {
                return TooLarge(maxBytes);
            }

            if (head is null)
            {
                return AnswerReader.Read(server.Name, operation, response.StatusCode, start.Bytes, response.Headers.RetryAfter?.Delta);
            }

            isStreamed = !start.IsBuffered;
            return new(ForwardKind.Verdict, new RenderContent(
                head.Outcome, head.MediaType, start.Bytes,
                isStreamed ? new ResponseRemainder(body, response, length, maxBytes - start.Bytes.Length, ReadTimeoutOf(operation), timeProvider) : null)
            {
                Server = server.Name,
                Status = head.Status,
                Location = head.Location,
                ShellToken = head.ShellToken,
                Record = head.Record,
                PageHeaders = head.PageHeaders,
                Warm = head.Warm,
                IsCapped = head.IsCapped,
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

    // The render is complete; this timeout only detects a server that fails while it sends the body.
    private TimeSpan ReadTimeoutOf(RenderOperation operation) => (operation.Deadline.LeftOrZero) + options.Value.AnswerGrace;

    private static ForwardAnswer TooLarge(int maxBytes) => new(ForwardKind.TooLarge, new RenderError(502, "result-too-large",
        $"The result is larger than {maxBytes} bytes (Manager:MaxResultBytes)."));
}
