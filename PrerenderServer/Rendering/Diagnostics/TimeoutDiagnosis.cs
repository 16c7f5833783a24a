using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>What a late page was doing, and what it had finished.</summary>
/// <param name="Message">One sentence.</param>
/// <param name="Computes">Whether it is busy and answers nothing; else it waits.</param>
/// <param name="Stack">The JavaScript stack, when it was computing.</param>
/// <param name="Formats">What the host had rendered by then.</param>
internal sealed record TimeoutDiagnosis(string Message, bool Computes, string? Stack, IReadOnlyDictionary<RenderFormat, string> Formats)
{
    private static readonly Dictionary<RenderFormat, string> s_nothing = [];

    /// <summary>Asks, within what is left of the deadline: first the page itself, and if it is too busy to answer, the debugger.</summary>
    public static async Task<TimeoutDiagnosis> AskAsync(IRenderPage page, RenderOperation operation, string stage, long maxLength, CancellationToken cancellationToken)
    {
        var late = $"The deadline of {operation.Deadline.Total.TotalMilliseconds:0} ms passed in step '{stage}'";
        // A page that can answer does so in a few milliseconds; the debugger needs more.
        var budget = operation.Deadline.Step(TimeSpan.Zero);
        try
        {
            var inFlight = page.Activity.InFlight;
            var question = page.Host.TellsStage ? $"({PageScripts.Stage})({maxLength})" : "'{}'";
            var answer = await page.EvaluateAsync(question, budget / 4, cancellationToken);
            using var said = JsonDocument.Parse(answer.ValueKind == JsonValueKind.String ? PageJson.Mend(answer.GetString()!) : "{}");
            var waitsFor = inFlight.Count > 0 ? string.Join(", ", inFlight) : "something that is no request";
            return new($"{late}: the page waits for {waitsFor}.{HostSays(said.RootElement)}", false, null,
                said.RootElement.ValueKind == JsonValueKind.Object ? HostReply.ReadFormats(said.RootElement, operation.Formats ?? HostFormats.All) : s_nothing);
        }
        catch (BrowserTimeoutException)
        {
            var stack = await StackOfAsync(page, operation.Deadline.Step(TimeSpan.Zero), cancellationToken);
            return new($"{late}: the page computes and does not answer.", true, stack, s_nothing);
        }
        catch (Exception e) when (e is BrowserException || PageJson.IsUnreadable(e))
        {
            return new($"{late}: {e.Message}", false, null, s_nothing);
        }
    }

    private static string HostSays(JsonElement said)
    {
        if (said.ValueKind != JsonValueKind.Object || HostReply.Text(said, "stage") is not { Length: > 0 and < 200 } stage)
        {
            return "";
        }

        var inFlight = string.Join(", ", HostReply.Strings(said, "inFlight").Take(10));
        return $" The host is at '{stage}'{(inFlight.Length is > 0 and < 2_000 ? $" and waits for {inFlight}" : "")}.";
    }

    private static async Task<string?> StackOfAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
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
