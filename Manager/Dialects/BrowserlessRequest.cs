using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Endpoints;

namespace Fleet.Manager.Dialects;

/// <summary>Body of browserless's <c>POST /content</c>, and what all its bodies have.</summary>
internal record BrowserlessContent
{
    /// <summary>The page.</summary>
    public string? Url { get; init; }

    /// <summary>How the page is loaded.</summary>
    public BrowserlessGoto? GotoOptions { get; init; }

    /// <summary>Whether a page is returned as it is when a wait is not met. One that does not settle always is.</summary>
    public bool? BestAttempt { get; init; }

    public BrowserlessSelector? WaitForSelector { get; init; }

    public BrowserlessFunction? WaitForFunction { get; init; }

    public BrowserlessEvent? WaitForEvent { get; init; }

    public int? WaitForTimeout { get; init; }

    public IReadOnlyList<DialectCookie>? Cookies { get; init; }

    public IReadOnlyDictionary<string, string>? SetExtraHTTPHeaders { get; init; }

    public string? UserAgent { get; init; }

    public string? EmulateMediaType { get; init; }

    public IReadOnlyList<string>? RejectResourceTypes { get; init; }

    /// <summary>The viewport.</summary>
    public BrowserlessViewport? Viewport { get; init; }
}

/// <summary>Body of browserless's <c>POST /screenshot</c>.</summary>
internal sealed record BrowserlessScreenshot : BrowserlessContent
{
    /// <summary>The file.</summary>
    public BrowserlessImage? Options { get; init; }

    /// <summary>Only the first element that matches this CSS selector.</summary>
    public string? Selector { get; init; }
}

/// <summary>An element to wait for.</summary>
internal sealed record BrowserlessSelector
{
    public string? Selector { get; init; }

    public int? Timeout { get; init; }
}

/// <summary>A script to wait for.</summary>
internal sealed record BrowserlessFunction
{
    public string? Fn { get; init; }

    public int? Timeout { get; init; }
}

/// <summary>An event to wait for.</summary>
internal sealed record BrowserlessEvent
{
    public string? Event { get; init; }

    public int? Timeout { get; init; }
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

    public int? Quality { get; init; }

    public bool? OmitBackground { get; init; }

    public ScreenshotClip? Clip { get; init; }
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

    public bool? DisplayHeaderFooter { get; init; }

    public string? HeaderTemplate { get; init; }

    public string? FooterTemplate { get; init; }

    public bool? Tagged { get; init; }

    public bool? Outline { get; init; }
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

    /// <summary>What browserless calls the members of a request.</summary>
    public static DialectNames Names { get; } = new(
        ("deadlineMs", "gotoOptions.timeout"), ("headers", "setExtraHTTPHeaders"), ("media", "emulateMediaType"), ("blockResources", "rejectResourceTypes"), ("maxWaitMs", "timeout"),
        ("width", "viewport.width"), ("height", "viewport.height"), ("scale", "viewport.deviceScaleFactor"), ("quality", "options.quality"), ("clip", "options.clip"),
        ("omitBackground", "options.omitBackground"), ("fullPage", "options.fullPage"));

    /// <summary>The options that all bodies have.</summary>
    /// <param name="body">The body.</param>
    /// <param name="request">What only this kind of request has.</param>
    /// <param name="errors">Receives what is wrong with the body.</param>
    public static T Apply<T>(BrowserlessContent body, T request, List<FieldError> errors)
        where T : PageRequest
    {
        if (body.GotoOptions?.WaitUntil is { } events && !(events.ValueKind == JsonValueKind.Array ? events.EnumerateArray().All(IsEvent) : IsEvent(events)))
        {
            errors.Add(new("gotoOptions.waitUntil", $"'gotoOptions.waitUntil' is none of {string.Join(", ", s_events)}, nor a list of them."));
        }

        if (request is not ScreenshotRequest { Type: not ScreenshotType.Pdf } && body.Viewport?.DeviceScaleFactor is not (null or 1))
        {
            errors.Add(new("viewport.deviceScaleFactor", "'viewport.deviceScaleFactor' is for POST /screenshot: leave it out."));
        }

        return (T)((PageRequest)request with
        {
            Url = body.Url ?? "",
            DeadlineMs = body.GotoOptions?.Timeout,
            Priority = RenderLimits.MaxPriority,
            WaitForSelector = body.WaitForSelector is { } selector ? selector.Selector ?? "" : null,
            WaitForFunction = body.WaitForFunction is { } function ? function.Fn ?? "" : null,
            WaitForEvent = body.WaitForEvent is { } named ? named.Event ?? "" : null,
            WaitForTimeout = body.WaitForTimeout,
            // One bound for all conditions: the longest.
            MaxWaitMs = new[] { body.WaitForSelector?.Timeout, body.WaitForFunction?.Timeout, body.WaitForEvent?.Timeout }.Max(),
            BestAttempt = body.BestAttempt,
            Cookies = DialectCookie.Read(body.Cookies, body.Url, errors),
            Headers = body.SetExtraHTTPHeaders,
            UserAgent = body.UserAgent,
            Media = PageParameters.ReadWord<PageMedia>(body.EmulateMediaType, "emulateMediaType", errors),
            BlockResources = body.RejectResourceTypes,
            Width = body.Viewport?.Width,
            Height = body.Viewport?.Height,
        });
    }

    /// <summary>The print options, and what is wrong with them.</summary>
    public static PdfOptions ToPdf(BrowserlessPaper? paper, List<FieldError> errors)
    {
        paper ??= new();
        var hasTemplate = paper.HeaderTemplate is not null || paper.FooterTemplate is not null;
        if ((paper.DisplayHeaderFooter ?? false) != hasTemplate)
        {
            errors.Add(new("options.displayHeaderFooter", "'options.displayHeaderFooter' and a template belong together: give 'headerTemplate' or 'footerTemplate' with it, or neither."));
        }

        var format = PaperFormat.Find(paper.Format);
        if (paper.Format is { } name && format is null)
        {
            errors.Add(new("options.format", $"'options.format' is {Quoted.Of(name)}, which is none of {string.Join(", ", PaperFormat.All.Select(known => known.Name))}."));
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
            HeaderTemplate = paper.HeaderTemplate,
            FooterTemplate = paper.FooterTemplate,
            Tagged = paper.Tagged,
            Outline = paper.Outline,
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
