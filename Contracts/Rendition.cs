namespace Fleet.Contracts;

/// <summary>A rendition of a page: the page as one kind of device shows it. Stored renditions of a page are kept beside each other.</summary>
public enum Rendition
{
    /// <summary>As the fleet's desktop shows it.</summary>
    Desktop,

    /// <summary>As a phone shows it: the device <c>mobile</c> (<see cref="DevicePreset"/>).</summary>
    Mobile,
}

/// <summary>Which rendition of a page a client gets, and how it is rendered.</summary>
public static class RenditionRules
{
    /// <summary>The device of the mobile rendition, the option <see cref="PageRequest.Device"/>.</summary>
    public const string MobileDevice = "mobile";

    /// <summary>The rendition for a client: <see cref="Rendition.Mobile"/> for phones and for crawlers that present themselves as one; tablets get the desktop's.</summary>
    /// <param name="userAgent">The header <c>User-Agent</c>; null if there is none.</param>
    public static Rendition For(string? userAgent) =>
        userAgent is not null && !userAgent.Contains("iPad", StringComparison.Ordinal)
        && (userAgent.Contains("Mobi", StringComparison.Ordinal) || userAgent.Contains("Opera Mini", StringComparison.Ordinal))
            ? Rendition.Mobile : Rendition.Desktop;

    /// <summary>The option <see cref="PageRequest.Device"/> that renders a rendition; null for the fleet's desktop.</summary>
    public static string? DeviceOf(Rendition rendition) => rendition == Rendition.Mobile ? MobileDevice : null;
}
