using System.Globalization;
using System.Reflection;

namespace Fleet.BrowserSetup;

/// <summary>The version of Chromium that Fleet is tested with: the one of its Playwright package.</summary>
public static class ChromiumVersion
{
    /// <summary>That version: <c>156.0.8078.4</c>.</summary>
    public static string Tested { get; } = MetadataOf("ChromiumVersion");

    /// <summary>Version of the Playwright package: <c>1.64.1</c>.</summary>
    public static string Playwright { get; } = MetadataOf("PlaywrightVersion");

    /// <summary>Compares the major version of a browser with that of <see cref="Tested"/>, or of another version.</summary>
    /// <param name="product">What the browser calls itself: <c>HeadlessChrome/156.0.8078.108</c>.</param>
    /// <param name="tested">The version to compare with. Default: <see cref="Tested"/>.</param>
    /// <returns>Negative when the browser is older, zero when it is of the same major version, positive when it is newer; null when it names no version.</returns>
    public static int? Compare(string product, string? tested = null)
    {
        ArgumentNullException.ThrowIfNull(product);
        return MajorOf(product[(product.IndexOf('/', StringComparison.Ordinal) + 1)..]) is { } own ? own.CompareTo(MajorOf(tested ?? Tested)) : null;
    }

    private static int? MajorOf(string version) =>
        int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;

    private static string MetadataOf(string key) =>
        typeof(ChromiumVersion).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
