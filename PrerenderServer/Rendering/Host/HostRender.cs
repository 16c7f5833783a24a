using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Painting;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>Renders with <c>fleet.render</c> in the booted page, with one round trip for all formats. An answer that arrives after its render has ended
/// belongs to an abandoned call, so it cannot reach a later render.</summary>
internal sealed class HostRender(RenderingOptions options, PaintControl painting)
{
    /// <summary>Maximum duration of a render that is repeated for a comparison: 1 s.</summary>
    private static readonly TimeSpan s_maxCompared = TimeSpan.FromSeconds(1);

    private readonly ScreenshotCapture _screenshots = new(options);

    public async Task<PageAnswer> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        await BootAsync(page, operation, progress, cancellationToken);
        var extracts = operation.Formats is [RenderFormat.Data];
        var formats = operation.Formats is null ? HostFormats.All : extracts ? [] : operation.Formats;
        // Without fleet.extract, fleet.render is called with no formats; its answer contains the data too.
        var method = extracts && page.Host.Extracts ? "extract" : "render";
        if (!page.Host.Renders && method == "render")
        {
            return new()
            {
                Outcome = RenderOutcome.Unusable,
                Message = $"The host app does not offer fleet.render, so it cannot return {(extracts ? "data" : string.Join(", ", formats.Select(HostFormats.NameOf)))}. Request 'html', or omit 'formats'.",
            };
        }

        var request = JsonSerializer.Serialize(new HostRequest(operation.RequestId, ExactUrl.Of(operation.Url), [.. formats.Select(HostFormats.NameOf)], operation.Lineage), FleetJson.Options);
        var call = new HostCall(method, request, formats, operation.Realm, RouteKey.Of(page.ShellToken, operation.Url, formats), IsPainted: true);
        var answer = await AnswerAsync(page, operation, call, progress, cancellationToken);
        if (operation.Screenshot is { Format: { } format } shape)
        {
            if (answer.Formats.TryGetValue(format, out var markup))
            {
                progress.Keep(answer);
                progress.Enter(Stages.Screenshot);
                answer = await _screenshots.OfFormatAsync(page, shape, markup, answer, operation.Deadline, cancellationToken);
            }
            else if (answer.Outcome == RenderOutcome.Rendered)
            {
                answer = answer with { Outcome = RenderOutcome.Unusable, Message = $"The host did not render '{HostFormats.NameOf(format)}'." };
            }
        }

        progress.End();
        return answer;
    }

    /// <summary>Calls the host, without layout and paint where that is known to change nothing. An answer that used the layout, or is anything but a rendered page, is
    /// not given: the call is repeated with a painted page.</summary>
    private async Task<PageAnswer> AnswerAsync(IRenderPage page, RenderOperation operation, HostCall call, RenderProgress progress, CancellationToken cancellationToken)
    {
        progress.Enter(Stages.Render);
        if (operation.Screenshot is not null || operation.IsPrivate)
        {
            // A screenshot needs paint. A private render is never repeated for a comparison, and its URL must not be logged.
            return await CallAsync(page, call, options, operation.Deadline.Step(), cancellationToken);
        }

        var plan = painting.Plan(call.Key);
        var unpainted = call with { IsPainted = false };
        var (first, hasFailed) = plan.IsPainted ? default : await TryUnpaintedAsync(page, operation, unpainted, cancellationToken);
        if (first is not null)
        {
            return plan.IsCompared ? first with { Compared = unpainted } : first;
        }

        var answer = await CallAsync(page, call, options, operation.Deadline.Step(), cancellationToken);
        painting.Answered(call.Key, isPainted: true, answer.Layout);
        if (answer.Outcome != RenderOutcome.Rendered)
        {
            return answer;
        }

        if (hasFailed)
        {
            painting.Failed(call.Key);
        }

        // Repeating a slow render would keep the page from other callers for as long again.
        return plan is { IsPainted: true, IsCompared: true } && answer.Layout is { IsNone: true } && progress.Elapsed < s_maxCompared ? answer with { Compared = call } : answer;
    }

    /// <summary>Calls the host without layout and paint, for at most half of the time that is left.</summary>
    /// <returns>The answer; null if it used the layout, or is anything but a rendered page. And whether there is none although the call did not use the layout.</returns>
    private async Task<(PageAnswer? Answer, bool HasFailed)> TryUnpaintedAsync(IRenderPage page, RenderOperation operation, HostCall call, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync(page, call, options, operation.Deadline.Step() / 2, cancellationToken);
            painting.Answered(call.Key, isPainted: false, answer.Layout);
            var isLayoutUnused = answer.Layout is { IsNone: true };
            return answer.Outcome == RenderOutcome.Rendered && isLayoutUnused ? (answer, false) : (null, isLayoutUnused);
        }
        catch (BrowserTimeoutException) when (page.End == PageTermination.None)
        {
            // The call may still run: it would claim requests that belong to the next call's dependencies, and continue after this render. So the page is booted again. A page that
            // computes does not boot, and then times out.
            await page.BootAsync(operation.Deadline.Step(), cancellationToken);
            return (null, true);
        }
        catch (Exception e) when (page.End == PageTermination.None && (e is PageScriptException || PageJson.IsUnreadable(e)))
        {
            return (null, true);
        }
    }

    /// <summary>Calls the host once and reads its answer.</summary>
    public static async Task<PageAnswer> CallAsync(IRenderPage page, HostCall call, RenderingOptions options, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var reply = await page.EvaluateAsync(
            $"({PageScripts.Render})('{call.Method}', {call.Request}, {options.MaxResultMb * 1024L * 1024}, {(call.IsPainted ? "true" : "false")})", timeout, cancellationToken);
        return HostReply.Read(reply.GetString()!, call.Formats, call.Realm);
    }

    /// <summary>Boots the host app unless the page already shows it.</summary>
    internal static async Task BootAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        if (!page.IsHostBooted)
        {
            progress.Enter(Stages.Boot);
            await page.BootAsync(operation.Deadline.Step(), cancellationToken);
        }
    }

    private sealed record HostRequest(string Id, string Url, IReadOnlyList<string> Formats, string Lineage);
}
