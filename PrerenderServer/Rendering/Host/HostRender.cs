using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>Renders with <c>fleet.render</c> in the booted page, with one round trip for all formats. An answer that arrives after its render has ended
/// belongs to an abandoned call, so it cannot reach a later render.</summary>
internal sealed class HostRender(RenderingOptions options)
{
    private readonly ScreenshotCapture _screenshots = new(options);

    public async Task<PageAnswer> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, TimeSpan reserve, CancellationToken cancellationToken)
    {
        await BootAsync(page, operation, progress, reserve, cancellationToken);
        var extracts = operation.Formats is [RenderFormat.Data];
        var formats = operation.Formats is null ? HostFormats.All : extracts ? [] : operation.Formats;
        // A host without fleet.extract is asked to render no formats; its answer contains the data all the same.
        var method = extracts && page.Host.Extracts ? "extract" : "render";
        if (!page.Host.Renders && method == "render")
        {
            return new()
            {
                Outcome = RenderOutcome.Unusable,
                Message = $"The host app does not offer fleet.render, so it cannot return {(extracts ? "data" : string.Join(", ", formats.Select(HostFormats.NameOf)))}. Request 'html', or omit 'formats'.",
            };
        }

        progress.Enter(Stages.Render);
        var request = JsonSerializer.Serialize(new HostRequest(operation.RequestId, ExactUrl.Of(operation.Url), [.. formats.Select(HostFormats.NameOf)], operation.Lineage), FleetJson.Options);
        var reply = await page.EvaluateAsync($"({PageScripts.Render})('{method}', {request}, {options.MaxResultMb * 1024L * 1024})", operation.Deadline.Step(reserve), cancellationToken);
        progress.Enter(Stages.Capture);
        var answer = HostReply.Read(reply.GetString()!, formats, operation.Realm);
        if (operation.Screenshot is { Format: { } format } shape)
        {
            if (answer.Formats.TryGetValue(format, out var markup))
            {
                progress.Keep(answer);
                progress.Enter(Stages.Screenshot);
                answer = await _screenshots.OfFormatAsync(page, shape, markup, answer, operation.Deadline, reserve, cancellationToken);
            }
            else if (answer.Outcome == RenderOutcome.Rendered)
            {
                answer = answer with { Outcome = RenderOutcome.Unusable, Message = $"The host did not render '{HostFormats.NameOf(format)}'." };
            }
        }

        progress.End();
        return answer;
    }

    /// <summary>Boots the host app unless the page already shows it.</summary>
    internal static async Task BootAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, TimeSpan reserve, CancellationToken cancellationToken)
    {
        if (!page.IsStandby)
        {
            progress.Enter(Stages.Boot);
            await page.BootAsync(operation.Deadline.Step(reserve), cancellationToken);
        }
    }

    private sealed record HostRequest(string Id, string Url, IReadOnlyList<string> Formats, string Lineage);
}

/// <summary>The address of the host app.</summary>
/// <param name="Url">Its address, ending with a slash.</param>
internal sealed record HostAddress(Uri Url)
{
    /// <summary>Whether a URL has the host's origin, so that the host app can render it in a booted page.</summary>
    public bool IsOrigin(Uri url) => OriginAllowList.OriginOf(url) == OriginAllowList.OriginOf(Url);
}
