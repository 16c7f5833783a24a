using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>Takes the screenshot of a render: of the page, or of a format that the host rendered.</summary>
internal sealed class ScreenshotCapture(RenderingOptions options)
{
    /// <summary>Takes a screenshot of the page and returns the answer with it in place of the texts.</summary>
    public async Task<PageAnswer> OfPageAsync(IRenderPage page, ScreenshotShape shape, PageAnswer answer, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            var arguments = $"{(shape.FullPage ? "true" : "false")}, {(shape.Type == ScreenshotType.Pdf ? "true" : "false")}";
            await page.EvaluateAsync($"{PageScripts.ScreenshotReady}({arguments})", deadline.Less(deadline.Part(8, options.StackBudget)).Step(options.ScreenshotTimeout), cancellationToken);
        }
        catch (BrowserTimeoutException)
        {
            answer = answer with { Stability = RenderStability.Capped };
        }

        var screenshot = await page.ScreenshotAsync(shape, deadline.Step(), cancellationToken);
        if (screenshot.FullHeight is { } height)
        {
            var cut = string.Create(CultureInfo.InvariantCulture, $"The screenshot shows the first {ScreenshotRequestRules.MaxExtent:N0} of {height:N0} CSS pixels of the height.");
            answer = answer with { Stability = RenderStability.Capped, Message = $"{answer.Message} {cut}".TrimStart() };
        }

        return answer with { Formats = new Dictionary<RenderFormat, string>(), Screenshot = screenshot.Bytes };
    }

    /// <summary>Shows the host's markup alone in an overlay, takes the screenshot, and restores the booted page.</summary>
    public async Task<PageAnswer> OfFormatAsync(
        IRenderPage page, ScreenshotShape shape, string markup, PageAnswer answer, Deadline deadline, CancellationToken cancellationToken)
    {
        await page.ResizeAsync(shape, deadline.Step(), cancellationToken);
        await page.EvaluateAsync($"({PageScripts.Show})({JsonSerializer.Serialize(markup)})", deadline.Step(), cancellationToken);
        var screenshot = await OfPageAsync(page, shape, answer, deadline, cancellationToken);
        await page.EvaluateAsync($"({PageScripts.Show})(null)", deadline.Step(), cancellationToken);
        await page.ResizeAsync(null, deadline.Step(), cancellationToken);
        return screenshot;
    }
}
