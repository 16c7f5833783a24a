using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What Chromium tells in <c>navigator.userAgentData</c> and in the headers <c>Sec-CH-UA*</c>. With a user agent of its own, it has to be told.</summary>
internal static partial class ClientHints
{
    /// <summary>Writes the user agent, and the hints that agree with it. A user agent of another browser gets none; <c>start.js</c> then removes the property.</summary>
    /// <param name="parameters">Parameters of <c>Emulation.setUserAgentOverride</c>.</param>
    /// <param name="userAgent">The user agent.</param>
    /// <param name="model">The device; null for a computer.</param>
    public static void Write(Utf8JsonWriter parameters, string userAgent, string? model)
    {
        parameters.WriteString("userAgent"u8, userAgent);
        if (Version().Match(userAgent) is not { Success: true } version)
        {
            return;
        }

        var isMobile = userAgent.Contains(" Mobile", StringComparison.Ordinal);
        var (platform, isComputer) = userAgent.Contains("Android", StringComparison.Ordinal) ? ("Android", false)
            : userAgent.Contains("Windows", StringComparison.Ordinal) ? ("Windows", true)
            : userAgent.Contains("Macintosh", StringComparison.Ordinal) ? ("macOS", true)
            : userAgent.Contains("CrOS", StringComparison.Ordinal) ? ("Chrome OS", true)
            : ("Linux", true);
        parameters.WriteStartObject("userAgentMetadata"u8);
        WriteBrands(parameters, "brands", version.Groups["major"].Value, "8");
        WriteBrands(parameters, "fullVersionList", version.Groups["full"].Value, "8.0.0.0");
        parameters.WriteString("platform"u8, platform);
        parameters.WriteString("platformVersion"u8, PlatformVersion().Match(userAgent).Groups["version"].Value.Replace('_', '.'));
        parameters.WriteString("architecture"u8, isComputer ? "x86" : "");
        parameters.WriteString("bitness"u8, isComputer ? "64" : "");
        parameters.WriteString("model"u8, isComputer ? "" : model ?? "");
        parameters.WriteBoolean("mobile"u8, isMobile);
        parameters.WriteEndObject();
    }

    /// <summary>A user agent with the version of another one, as far as both are of Chromium.</summary>
    public static string WithVersionOf(string other, string userAgent) =>
        Version().Match(other) is { Success: true } version ? Version().Replace(userAgent, $"Chrome/{version.Groups["major"].Value}.0.0.0") : userAgent;

    /// <summary>Chromium's own, and one that no browser has, so that servers expect unknown ones.</summary>
    private static void WriteBrands(Utf8JsonWriter parameters, string name, string version, string otherVersion)
    {
        parameters.WriteStartArray(name);
        foreach (var (brand, of) in new[] { ("Not:A-Brand", otherVersion), ("Chromium", version) })
        {
            parameters.WriteStartObject();
            parameters.WriteString("brand"u8, brand);
            parameters.WriteString("version"u8, of);
            parameters.WriteEndObject();
        }

        parameters.WriteEndArray();
    }

    // HeadlessChrome, too.
    [GeneratedRegex(@"Chrome/(?<full>(?<major>\d+)[\d.]*)")]
    private static partial Regex Version();

    [GeneratedRegex(@"(Android|Windows NT|Mac OS X) (?<version>\d[\d._]*)")]
    private static partial Regex PlatformVersion();
}
