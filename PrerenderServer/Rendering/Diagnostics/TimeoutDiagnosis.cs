using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>What a page was doing when its deadline passed, and which formats it had finished.</summary>
/// <param name="Message">One sentence.</param>
/// <param name="Computes">True if the page is busy and does not answer; false if it waits.</param>
/// <param name="Stack">The JavaScript stack of a busy page; null if it is not available.</param>
/// <param name="Formats">The formats that the host had rendered.</param>
internal sealed record TimeoutDiagnosis(string Message, bool Computes, string? Stack, IReadOnlyDictionary<RenderFormat, string> Formats)
{
    private static readonly Dictionary<RenderFormat, string> s_noFormats = [];

    /// <summary>Asks the page within the rest of the deadline and, if it is too busy to answer, the debugger.</summary>
    public static async Task<TimeoutDiagnosis> AskAsync(IRenderPage page, RenderOperation operation, string stage, long maxLength, CancellationToken cancellationToken)
    {
        var prefix = $"The deadline of {operation.Deadline.Total.TotalMilliseconds:0} ms passed in step '{stage}'";
        // A page that can answer does so in a few milliseconds; the debugger needs more.
        var budget = operation.Deadline.Step();
        try
        {
            var inFlight = page.Activity.InFlight;
            var question = page.Host.TellsStage ? $"({PageScripts.Stage})({maxLength})" : "'{}'";
            var answer = await page.EvaluateAsync(question, budget / 4, cancellationToken);
            using var reply = JsonDocument.Parse(answer.ValueKind == JsonValueKind.String ? PageJson.Mend(answer.GetString()!) : "{}");
            var waitsFor = inFlight.Count > 0 ? string.Join(", ", inFlight) : "something other than a request";
            return new($"{prefix}: the page waits for {waitsFor}.{HostStageOf(reply.RootElement)}", false, null,
                reply.RootElement.ValueKind == JsonValueKind.Object ? HostReply.ReadFormats(reply.RootElement, operation.Formats ?? HostFormats.All) : s_noFormats);
        }
        catch (BrowserTimeoutException)
        {
            var stack = await TryPauseAsync(page, operation.Deadline.Step(), cancellationToken);
            return new($"{prefix}: the page is busy and does not answer.{(page.IsDebugged ? "" : " Its stack is recorded when a page of this site hangs again.")}", true, stack, s_noFormats);
        }
        catch (Exception e) when (e is BrowserException || PageJson.IsUnreadable(e))
        {
            return new($"{prefix}: {e.Message}", false, null, s_noFormats);
        }
    }

    private static string HostStageOf(JsonElement reply)
    {
        if (reply.ValueKind != JsonValueKind.Object || HostReply.Text(reply, "stage") is not { Length: > 0 and < 200 } stage)
        {
            return "";
        }

        var inFlight = string.Join(", ", HostReply.Strings(reply, "inFlight").Take(10));
        return $" The host is at '{stage}'{(inFlight.Length is > 0 and < 2_000 ? $" and waits for {inFlight}" : "")}.";
    }

    private static async Task<string?> TryPauseAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
    {
        try
        {
            return await page.PauseAsync(budget, cancellationToken);
        }
        catch (BrowserException)
        {
            return null;
        }
    }
}
