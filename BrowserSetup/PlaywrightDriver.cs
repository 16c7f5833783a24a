using System.Runtime.InteropServices;

namespace Fleet.BrowserSetup;

/// <summary>Playwright's driver beside this program: a Node.js of one platform, and scripts.</summary>
public static class PlaywrightDriver
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, ".playwright");

    /// <summary>Full path of its Node.js.</summary>
    public static string Node => Path.Combine(s_folder, "node", Platform, OperatingSystem.IsWindows() ? "node.exe" : "node");

    /// <summary>Full path of its command-line script.</summary>
    public static string Script => Path.Combine(s_folder, "package", "cli.js");

    /// <summary>What is missing of it; null when nothing is.</summary>
    public static string? Missing => File.Exists(Node) && File.Exists(Script) ? null
        : $"Playwright's driver for {Platform} is not beside this program ({s_folder})";

    // As Playwright names its folders.
    private static string Platform => (OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), RuntimeInformation.OSArchitecture) switch
    {
        (true, _, _) => "win32_x64",
        (_, true, Architecture.Arm64) => "darwin-arm64",
        (_, true, _) => "darwin-x64",
        (_, _, Architecture.Arm64) => "linux-arm64",
        _ => "linux-x64",
    };
}
