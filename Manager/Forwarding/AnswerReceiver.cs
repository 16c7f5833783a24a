using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Forwarding;

/// <summary>Takes in a server's answer. The outcome comes ahead of the body, so that the body need not be kept to decide what becomes of it: one of
/// up to <c>Manager:BufferedResultBytes</c> is read before it is passed on, and can so be repeated if its server dies meanwhile and shared by several
/// callers; a larger one is passed on as it comes.</summary>
internal sealed class AnswerReceiver(IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    /// <param name="server">Who answers.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="response">The answer; belongs to this from now on.</param>
    /// <param name="cancellationToken">Nobody waits for it any more, or it takes too long.</param>
    public async Task<ForwardAnswer> ReceiveAsync(ServerRecord server, RenderOperation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isPassedOn = false;
        try
        {
            var (most, length) = (options.Value.MaxResultBytes, response.Content.Headers.ContentLength);
            if (length > most)
            {
                return TooLarge(most);
            }

            var head = ResponseHeaders.Read(operation, response);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var start = await ResponsePrefix.ReadAsync(body, length, head is null ? most : Math.Min(most, options.Value.BufferedResultBytes), cancellationToken);
            if (!start.IsBuffered && (head is null || start.Bytes.Length > most))
            {
                return TooLarge(most);
            }

            if (head is null)
            {
                return AnswerReader.Read(server.Name, operation, response.StatusCode, start.Bytes, response.Headers.RetryAfter?.Delta);
            }

            isPassedOn = !start.IsBuffered;
            return new(ForwardKind.Verdict, new RenderContent(
                head.Outcome, head.MediaType, start.Bytes,
                isPassedOn ? new ResponseRemainder(body, response, length, most - start.Bytes.Length, PauseOf(operation), timeProvider) : null)
            {
                Status = head.Status,
                Location = head.Location,
                ShellToken = head.ShellToken,
            });
        }
        finally
        {
            if (!isPassedOn)
            {
                response.Dispose();
            }
        }
    }

    // The render is done; from here on it is only to be noticed when the server dies.
    private TimeSpan PauseOf(RenderOperation operation) => (operation.Deadline.LeftOrZero) + options.Value.AnswerGrace;

    private static ForwardAnswer TooLarge(int most) => new(ForwardKind.TooLarge, new RenderError(502, "result-too-large",
        $"The result is larger than {most} bytes, the bound of Manager:MaxResultBytes."));
}
