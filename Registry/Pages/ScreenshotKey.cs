using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>What a picture of a page depends on.</summary>
public static class ScreenshotKey
{
    /// <summary>Changes with the page's format <c>fitted</c> and with the host shell. Null when there is nothing to take a picture of.</summary>
    public static string? Of(StoredPage page) =>
        page.Status == 200 && page.Formats.TryGetValue(RenderFormat.Fitted, out var fitted) && !string.IsNullOrWhiteSpace(fitted)
            ? string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fitted)).AsSpan(..8))}-{page.Generation}")
            : null;
}
