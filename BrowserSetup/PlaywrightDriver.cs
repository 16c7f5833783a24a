using System.Runtime.InteropServices;

namespace Fleet.BrowserSetup;

/// <summary>Playwright's driver in this program's folder: Node.js for one platform, and scripts.</summary>
internal static class PlaywrightDriver
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, ".playwright");

    /// <summary>Full path of the Node.js executable.</summary>
    public static string Node => Path.Combine(s_folder, "node", Platform, OperatingSystem.IsWindows() ? "node.exe" : "node");

    /// <summary>Full path of the command-line script.</summary>
    public static string Script => Path.Combine(s_folder, "package", "cli.js");

    /// <summary>Error message when the driver is incomplete; null when it is complete.</summary>
    public static string? Missing => File.Exists(Node) && File.Exists(Script) ? null
        : $"Playwright's driver for {Platform} is missing ({s_folder})";

    // Playwright's names of the platform folders.
    private static string Platform => (OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), RuntimeInformation.OSArchitecture) switch
    {
        (true, _, _) => "win32_x64",
        (_, true, Architecture.Arm64) => "darwin-arm64",
        (_, true, _) => "darwin-x64",
        (_, _, Architecture.Arm64) => "linux-arm64",
        _ => "linux-x64",
    };
}
