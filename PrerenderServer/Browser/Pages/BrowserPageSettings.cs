using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Signatures;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Settings shared by all pages of an adapter.</summary>
/// <param name="Host">Address of the host app, ending with a slash.</param>
/// <param name="BootTimeout">Timeout for booting the host app.</param>
/// <param name="CallTimeout">Timeout for any other call.</param>
/// <param name="ProbeTimeout">Timeout for evaluating a trivial expression.</param>
/// <param name="Width">Width of the page in CSS pixels.</param>
/// <param name="Height">Height of the page in CSS pixels.</param>
/// <param name="Time">The clock.</param>
internal sealed record BrowserPageSettings(Uri Host, TimeSpan BootTimeout, TimeSpan CallTimeout, TimeSpan ProbeTimeout, int Width, int Height, TimeProvider Time)
{
    /// <summary>Origins that the browser can reach.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Signs requests of documents of other origins than the host's; null to sign none.</summary>
    public MessageSigner? Signer { get; init; }

    /// <summary>Address of the booted host app.</summary>
    public Uri Standby { get; } = new(Host, "_standby");

    /// <summary>What a page may use.</summary>
    public PageLimits Limits { get; init; } = PageLimits.None;

    /// <summary>Whether requests of documents at a URL are signed.</summary>
    public bool Signs(Uri url) => Signer is not null && OriginAllowList.OriginOf(url) != OriginAllowList.OriginOf(Host);

    /// <summary>Writes the viewport parameters; null for the defaults.</summary>
    public void WriteViewport(Utf8JsonWriter parameters, PageViewport? viewport)
    {
        var (width, height, isMobile) = (viewport?.Width ?? Width, viewport?.Height ?? Height, viewport?.IsMobile ?? false);
        parameters.WriteNumber("width"u8, width);
        parameters.WriteNumber("height"u8, height);
        // No viewport is larger than its screen, and both have the same orientation.
        parameters.WriteNumber("screenWidth"u8, width);
        parameters.WriteNumber("screenHeight"u8, height);
        parameters.WriteStartObject("screenOrientation"u8);
        parameters.WriteString("type"u8, height > width ? "portraitPrimary"u8 : "landscapePrimary"u8);
        // A phone is turned for it.
        parameters.WriteNumber("angle"u8, isMobile && height <= width ? 90 : 0);
        parameters.WriteEndObject();
        parameters.WriteNumber("deviceScaleFactor"u8, viewport?.Scale ?? 1);
        parameters.WriteBoolean("mobile"u8, isMobile);
    }
}

/// <summary>What a page may use before it is closed.</summary>
/// <param name="Events">Events of the page and its workers in <see cref="EventQuota.Window"/>.</param>
/// <param name="EventBytes">Bytes of these events.</param>
/// <param name="Workers">Workers that run at the same time.</param>
/// <param name="StorageBytes">What each origin may store in the page's context.</param>
internal sealed record PageLimits(int Events, long EventBytes, int Workers, long StorageBytes)
{
    /// <summary>No limits.</summary>
    public static PageLimits None { get; } = new(int.MaxValue, long.MaxValue, int.MaxValue, long.MaxValue);
}
