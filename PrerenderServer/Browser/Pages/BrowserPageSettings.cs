using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What every page of an adapter is made with.</summary>
/// <param name="Host">Address of the host app, ending with a slash.</param>
/// <param name="BootTimeout">For booting the host app.</param>
/// <param name="CallTimeout">For any other call.</param>
/// <param name="ProbeTimeout">For a trivial question.</param>
/// <param name="Width">Of the page, in CSS pixels.</param>
/// <param name="Height">Of the page, in CSS pixels.</param>
/// <param name="Time">The clock.</param>
internal sealed record BrowserPageSettings(Uri Host, TimeSpan BootTimeout, TimeSpan CallTimeout, TimeSpan ProbeTimeout, int Width, int Height, TimeProvider Time)
{
    /// <summary>Writes the viewport as the protocol wants it: for a picture with a size of its own, or else the usual.</summary>
    public void WriteViewport(Utf8JsonWriter parameters, PictureShape? shape)
    {
        parameters.WriteNumber("width"u8, shape?.Width ?? Width);
        parameters.WriteNumber("height"u8, shape?.Height ?? Height);
        parameters.WriteNumber("deviceScaleFactor"u8, shape?.Scale ?? 1);
        parameters.WriteBoolean("mobile"u8, false);
    }
}
