using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Manager.Dialects;

/// <summary>Body of browserless's <c>POST /content</c>, and what all its bodies have.</summary>
internal record BrowserlessContent
{
    /// <summary>The page.</summary>
    public string? Url { get; init; }

    /// <summary>How the page is loaded.</summary>
    public BrowserlessGoto? GotoOptions { get; init; }

    /// <summary>Whether a page that has not settled at the end of its time is returned as it is. Fleet does so always.</summary>
    public bool? BestAttempt { get; init; }
}

/// <summary>Body of browserless's <c>POST /screenshot</c>.</summary>
internal sealed record BrowserlessScreenshot : BrowserlessContent
{
    /// <summary>The file.</summary>
    public BrowserlessImage? Options { get; init; }

    /// <summary>The viewport.</summary>
    public BrowserlessViewport? Viewport { get; init; }

    /// <summary>Only the first element that matches this CSS selector.</summary>
    public string? Selector { get; init; }
}

/// <summary>Body of browserless's <c>POST /pdf</c>.</summary>
internal sealed record BrowserlessPdf : BrowserlessContent
{
    /// <summary>The file.</summary>
    public BrowserlessPaper? Options { get; init; }
}

/// <summary>How browserless loads a page.</summary>
internal sealed record BrowserlessGoto
{
    /// <summary>Timeout in milliseconds.</summary>
    public int? Timeout { get; init; }

    /// <summary>One or more of the load events. Fleet waits until the page has settled, which is later than each of them.</summary>
    public JsonElement? WaitUntil { get; init; }
}

/// <summary>Options of an image.</summary>
internal sealed record BrowserlessImage
{
    public ScreenshotType? Type { get; init; }

    public bool? FullPage { get; init; }
}

/// <summary>A viewport.</summary>
internal sealed record BrowserlessViewport
{
    public int? Width { get; init; }

    public int? Height { get; init; }

    public int? DeviceScaleFactor { get; init; }
}

/// <summary>Options of a PDF. A length is a number of pixels or a text with a unit.</summary>
internal sealed record BrowserlessPaper
{
    public string? Format { get; init; }

    public JsonElement? Width { get; init; }

    public JsonElement? Height { get; init; }

    public BrowserlessMargin? Margin { get; init; }

    public bool? Landscape { get; init; }

    public double? Scale { get; init; }

    public string? PageRanges { get; init; }

    public bool? PrintBackground { get; init; }
}

/// <summary>Margins of a PDF.</summary>
internal sealed record BrowserlessMargin
{
    public JsonElement? Top { get; init; }

    public JsonElement? Right { get; init; }

    public JsonElement? Bottom { get; init; }

    public JsonElement? Left { get; init; }
}

/// <summary>Maps browserless's bodies to Fleet's requests. Errors name the member as it is in the body.</summary>
internal static class BrowserlessMapping
{
    private static readonly string[] s_events = ["load", "domcontentloaded", "networkidle0", "networkidle2"];

    /// <summary>What is wrong with how a body loads its page.</summary>
    public static IEnumerable<FieldError> Check(BrowserlessContent body)
    {
        if (body.GotoOptions?.Timeout is < RenderLimits.MinDeadlineMs or > RenderLimits.MaxDeadlineMs)
        {
            yield return new("gotoOptions.timeout", $"'gotoOptions.timeout' is {body.GotoOptions.Timeout}: it must be between {RenderLimits.MinDeadlineMs} and {RenderLimits.MaxDeadlineMs}.");
        }

        if (body.GotoOptions?.WaitUntil is { } events && !(events.ValueKind == JsonValueKind.Array ? events.EnumerateArray().All(IsEvent) : IsEvent(events)))
        {
            yield return new("gotoOptions.waitUntil", $"'gotoOptions.waitUntil' is none of {string.Join(", ", s_events)}, nor a list of them.");
        }
    }

    /// <summary>The print options, and what is wrong with them.</summary>
    public static PdfOptions ToPdf(BrowserlessPaper? paper, List<FieldError> errors)
    {
        paper ??= new();
        var format = PaperFormat.Find(paper.Format);
        if (paper.Format is { } name && format is null)
        {
            errors.Add(new("options.format", NearestName.Explain(name, "name", "a paper format", [.. PaperFormat.All.Select(format => format.Name)])));
        }

        return new()
        {
            PaperWidth = format?.Width ?? Length(paper.Width, "options.width"),
            PaperHeight = format?.Height ?? Length(paper.Height, "options.height"),
            MarginTop = Length(paper.Margin?.Top, "options.margin.top"),
            MarginRight = Length(paper.Margin?.Right, "options.margin.right"),
            MarginBottom = Length(paper.Margin?.Bottom, "options.margin.bottom"),
            MarginLeft = Length(paper.Margin?.Left, "options.margin.left"),
            Landscape = paper.Landscape ?? false,
            Scale = paper.Scale,
            PageRanges = string.IsNullOrEmpty(paper.PageRanges) ? null : paper.PageRanges,
            PrintBackground = paper.PrintBackground,
        };

        double? Length(JsonElement? value, string field)
        {
            if (value is not { } element || element.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            var text = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
            var length = PaperLength.Read(text, "px");
            if (length is null)
            {
                errors.Add(new(field, $"'{field}' is {Quoted.Of(text)}: it must be a number of pixels, or a length such as '10mm', '1in' or '96px'."));
            }

            return length;
        }
    }

    private static bool IsEvent(JsonElement value) => value.ValueKind == JsonValueKind.String && s_events.Contains(value.GetString());
}
