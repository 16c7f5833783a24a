using System.ComponentModel;
using Fleet.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Manager.Endpoints;

/// <summary>The parameters of a <see cref="PageRequest"/> in a query. Headers, cookies and credentials are for bodies only: proxies log queries.</summary>
internal sealed class PageParameters
{
    [FromQuery(Name = "url"), Description("Absolute http or https URL inside the allow-list.")]
    public string? Url { get; init; }

    [FromQuery(Name = "affinity"), Description("realm:<url> or user:<id>. Default: the realm that the URL belongs to.")]
    public string? Affinity { get; init; }

    [FromQuery(Name = "deadlineMs"), Description("Timeout in milliseconds. Default: 30000.")]
    public int? DeadlineMs { get; init; }

    [FromQuery(Name = "waitForSelector"), Description("Waits until an element matches this CSS selector.")]
    public string? WaitForSelector { get; init; }

    [FromQuery(Name = "waitForFunction"), Description("Waits until this JavaScript expression, or what it returns, is truthy. Requires the admin key.")]
    public string? WaitForFunction { get; init; }

    [FromQuery(Name = "waitForEvent"), Description("Waits until an event of this name is dispatched in the document or at its window.")]
    public string? WaitForEvent { get; init; }

    [FromQuery(Name = "waitForTimeout"), Description("Waits this long, in milliseconds, after the other waits.")]
    public int? WaitForTimeout { get; init; }

    [FromQuery(Name = "maxWaitMs"), Description("Maximum time of waitForSelector, waitForFunction and waitForEvent in milliseconds. Default: until the deadline.")]
    public int? MaxWaitMs { get; init; }

    [FromQuery(Name = "bestAttempt"), Description("Captures the page as it is when a wait is not met, instead of a timeout. Default: false.")]
    public bool? BestAttempt { get; init; }

    [FromQuery(Name = "device"), Description("desktop, mobile, tablet, iphone-15, iphone-se, pixel-8, galaxy-s24 or ipad. Default: desktop.")]
    public string? Device { get; init; }

    [FromQuery(Name = "width"), Description("Width of the viewport in CSS pixels, 100 to 3840. Default: the device's, else the server's, 1280.")]
    public int? Width { get; init; }

    [FromQuery(Name = "height"), Description("Height of the viewport in CSS pixels, 100 to 2160. Default: the device's, else the server's, 800.")]
    public int? Height { get; init; }

    [FromQuery(Name = "userAgent"), Description("User agent. Default: the device's, else the browser's.")]
    public string? UserAgent { get; init; }

    [FromQuery(Name = "locale"), Description("Language tag, such as de-DE. Default: the browser's.")]
    public string? Locale { get; init; }

    [FromQuery(Name = "timezone"), Description("IANA time zone, such as Europe/Berlin. Default: the server's.")]
    public string? Timezone { get; init; }

    [FromQuery(Name = "colorScheme"), Description("light or dark. Default: the browser's, light.")]
    public string? ColorScheme { get; init; }

    [FromQuery(Name = "media"), Description("screen or print: the media type whose styles apply. Default: screen; for a PDF print.")]
    public string? Media { get; init; }

    [FromQuery(Name = "blockResources"), Description("Comma-separated types that the page does not load: image, media, font, stylesheet, script, xhr, fetch, eventsource, texttrack, manifest, ping, other.")]
    public string? BlockResources { get; init; }

    [FromQuery(Name = "blockUrls"), Description("Comma-separated patterns of URLs that the page does not load; * is any text.")]
    public string? BlockUrls { get; init; }

    /// <summary>The request with these parameters. Requests of a query are interactive.</summary>
    /// <param name="request">What only this kind of request has.</param>
    /// <param name="errors">Receives the errors of parameters that cannot be read.</param>
    public T ApplyTo<T>(T request, List<FieldError> errors)
        where T : PageRequest => (T)((PageRequest)request with
        {
            Url = Url ?? "",
            Affinity = Affinity,
            DeadlineMs = DeadlineMs,
            Priority = RenderLimits.MaxPriority,
            WaitForSelector = WaitForSelector,
            WaitForFunction = WaitForFunction,
            WaitForEvent = WaitForEvent,
            WaitForTimeout = WaitForTimeout,
            MaxWaitMs = MaxWaitMs,
            BestAttempt = BestAttempt,
            Device = Device,
            Width = Width,
            Height = Height,
            UserAgent = UserAgent,
            Locale = Locale,
            Timezone = Timezone,
            ColorScheme = ReadWord<PageColorScheme>(ColorScheme, "colorScheme", errors),
            Media = ReadWord<PageMedia>(Media, "media", errors),
            BlockResources = Split(BlockResources),
            BlockUrls = Split(BlockUrls),
        });

    /// <summary>Reads a word of an enum; null when it is missing or unknown.</summary>
    /// <param name="text">The value of the parameter.</param>
    /// <param name="field">Its name.</param>
    /// <param name="errors">Receives the error.</param>
    public static T? ReadWord<T>(string? text, string field, List<FieldError> errors)
        where T : struct, Enum
    {
        if (text is null || (Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(text, out _)))
        {
            return text is null ? null : Enum.Parse<T>(text, ignoreCase: true);
        }

        var known = string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
        errors.Add(new(field, $"'{field}' is {Quoted.Of(text)}, which is none of {known}."));
        return null;
    }

    private static string[]? Split(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
