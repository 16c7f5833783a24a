using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>The fast path: <c>fleet.render</c> in the booted page, one round trip for all formats. An answer that comes after its render has
/// ended is an answer to a call that nobody waits for any more, so it can reach no later render.</summary>
internal sealed class HostRender(RenderingOptions options)
{
    private readonly ScreenshotCapture _screenshots = new(options);

    public async Task<PageAnswer> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, TimeSpan reserve, CancellationToken cancellationToken)
    {
        await BootAsync(page, operation, progress, reserve, cancellationToken);
        var extracts = operation.Formats is [RenderFormat.Data];
        var formats = operation.Formats is null ? HostFormats.All : extracts ? [] : operation.Formats;
        // A host that does not extract, renders nothing and says what it knows all the same.
        var method = extracts && page.Host.Extracts ? "extract" : "render";
        if (!page.Host.Renders && method == "render")
        {
            return new()
            {
                Outcome = RenderOutcome.Unusable,
                Message = $"The host app offers no fleet.render, so {(extracts ? "data" : string.Join(", ", formats.Select(HostFormats.NameOf)))} cannot be had from it. Ask for 'html', or leave 'formats' out.",
            };
        }

        progress.Enter(Stages.Render);
        var request = JsonSerializer.Serialize(new HostRequest(operation.RequestId, operation.Url.AbsoluteUri, [.. formats.Select(HostFormats.NameOf)], operation.Lineage), FleetJson.Options);
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
                answer = answer with { Outcome = RenderOutcome.Unusable, Message = $"The host rendered no '{HostFormats.NameOf(format)}'." };
            }
        }

        progress.End();
        return answer;
    }

    /// <summary>Sees to it that the page shows the booted host app.</summary>
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

/// <summary>Where the host app is.</summary>
/// <param name="Url">Its address, ending with a slash.</param>
internal sealed record HostAddress(Uri Url)
{
    /// <summary>Whether a URL is of the host's origin, and may so be rendered by the host app in a booted page.</summary>
    public bool IsOrigin(Uri url) => OriginAllowList.OriginOf(url) == OriginAllowList.OriginOf(Url);
}
