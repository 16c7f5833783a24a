using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Takes the picture of a visit: of the page that it led to, or of a format that the host rendered.</summary>
internal sealed class PictureTaking(RenderingOptions options)
{
    /// <summary>The answer with a picture in place of its texts.</summary>
    public async Task<PageAnswer> OfPageAsync(IRenderPage page, PictureShape shape, PageAnswer answer, RenderDeadline deadline, TimeSpan reserve, CancellationToken cancellationToken)
    {
        try
        {
            await page.EvaluateAsync(PageScripts.Pictured, deadline.Step(reserve * 2, options.PictureTimeout), cancellationToken);
        }
        catch (BrowserTimeoutException)
        {
            answer = answer with { Stability = Settling.Capped };
        }

        var picture = await page.PictureAsync(shape, deadline.Step(reserve), cancellationToken);
        return answer with { Formats = new Dictionary<RenderFormat, string>(), Picture = picture };
    }

    /// <summary>Shows what the host rendered alone in a box, takes the picture, and leaves the booted page as it was.</summary>
    public async Task<PageAnswer> OfFormatAsync(
        IRenderPage page, PictureShape shape, string markup, PageAnswer answer, RenderDeadline deadline, TimeSpan reserve, CancellationToken cancellationToken)
    {
        await page.ResizeAsync(shape, deadline.Step(reserve), cancellationToken);
        await page.EvaluateAsync($"({PageScripts.Show})({JsonSerializer.Serialize(markup)})", deadline.Step(reserve), cancellationToken);
        var pictured = await OfPageAsync(page, shape, answer, deadline, reserve, cancellationToken);
        await page.EvaluateAsync($"({PageScripts.Show})(null)", deadline.Step(reserve), cancellationToken);
        await page.ResizeAsync(null, deadline.Step(reserve), cancellationToken);
        return pictured;
    }
}
