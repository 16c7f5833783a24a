namespace Fleet.Contracts;

/// <summary>A picture of a page: navigate to the URL, let it settle, wait for fonts and images; or, with <see cref="Format"/>, of what the host renders
/// as that format, alone in a box. Body of <c>POST /pictures</c>; <c>{"url":"…"}</c> is enough. The answer is the file itself; its headers say the
/// outcome.</summary>
public sealed record PictureRequest
{
    /// <inheritdoc cref="RenderRequest.Url"/>
    public required string Url { get; init; }

    /// <inheritdoc cref="RenderRequest.Affinity"/>
    public string? Affinity { get; init; }

    /// <inheritdoc cref="RenderRequest.DeadlineMs"/>
    public int? DeadlineMs { get; init; }

    /// <inheritdoc cref="RenderRequest.Priority"/>
    public int Priority { get; init; }

    /// <inheritdoc cref="RenderRequest.Accept"/>
    public ShellAcceptance Accept { get; init; }

    /// <inheritdoc cref="RenderRequest.Credentials"/>
    public RenderCredentials? Credentials { get; init; }

    /// <summary>File type. Default: PNG.</summary>
    public PictureType Type { get; init; }

    /// <summary>What the host renders as this format, alone in a box of <see cref="Width"/> × <see cref="Height"/>, instead of the page: <c>isolated</c>,
    /// <c>embedded</c>, <c>fitted</c>, <c>atom</c> or <c>icon</c>. Default: none, the page.</summary>
    public RenderFormat? Format { get; init; }

    /// <summary>The whole page instead of the viewport, down to 16,384 CSS pixels. Not for PDF, which always has all of it. Default: false.</summary>
    public bool FullPage { get; init; }

    /// <summary>Only the first element that matches this CSS selector, at most 500 characters. Default: none.</summary>
    public string? Selector { get; init; }

    /// <summary>Width of the viewport in CSS pixels, 100 to 3840. Default: the server's.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the viewport in CSS pixels, 100 to 2160. Default: the server's.</summary>
    public int? Height { get; init; }

    /// <summary>Pixels of the picture per CSS pixel, 1 to 4; of the viewport at most 50 million in all. Not for PDF. Default: 1.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>The visit that the picture is taken in.</summary>
    public RenderRequest ToVisit() => new()
    {
        Url = Url,
        Affinity = Affinity,
        DeadlineMs = DeadlineMs,
        Priority = Priority,
        Accept = Accept,
        Credentials = Credentials,
        Formats = [Format ?? RenderFormat.Html],
    };
}
