using Fleet.ServiceDefaults;

namespace Fleet.BrowserSetup;

/// <summary>Finds a Chromium: the configured one, else the best one installed. A headless shell comes first, since it renders cold pages more
/// than twice as fast; a binary in its library folder comes before a wrapper script in <c>bin</c>.</summary>
public static class BrowserLocator
{
    private static readonly string[] s_libraryPaths =
    [
        "/usr/lib/chromium/chromium-headless-shell",
        "/usr/lib/chromium/chromium",
        "/usr/lib64/chromium-browser/chromium-browser",
        "/opt/google/chrome/chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private static readonly string[] s_commandNames =
        ["chrome-headless-shell", "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] s_shellNames =
        ["chrome-headless-shell", "headless_shell", "chrome-headless-shell.exe", "headless_shell.exe"];

    /// <summary>Returns the path of the browser.</summary>
    /// <param name="configured"><c>Browser:ExecutablePath</c>; null when it is not set.</param>
    /// <exception cref="StartException">No browser is found; the message names the setting.</exception>
    public static string Locate(string? configured) => Find(configured) ?? throw new StartException(
        "No Chromium was found. Install chromium-headless-shell (Debian: apt-get install chromium-headless-shell), "
        + "or set Browser:ExecutablePath (environment: Browser__ExecutablePath) to a Chromium.");

    /// <summary>Returns the path of the browser; null when none is installed.</summary>
    /// <param name="configured"><c>Browser:ExecutablePath</c>; null when it is not set.</param>
    /// <exception cref="StartException">The configured file does not exist.</exception>
    public static string? Find(string? configured) =>
        Choose(configured, [.. PlaywrightShells(PlaywrightFolder())], Environment.GetEnvironmentVariable("PATH"), File.Exists);

    /// <summary>Chooses the browser without access to the file system; null when there is none.</summary>
    /// <param name="configured">The setting. A configured browser that does not exist is an error; it is never replaced by another one.</param>
    /// <param name="playwrightShells">Playwright's own headless shells, newest first.</param>
    /// <param name="searchPath">The PATH variable.</param>
    /// <param name="exists">Whether a file exists.</param>
    public static string? Choose(string? configured, IReadOnlyList<string> playwrightShells, string? searchPath, Func<string, bool> exists)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return exists(configured) ? configured : throw new StartException(
                $"Browser:ExecutablePath is '{configured}', and there is no such file. Set it to a chromium-headless-shell or Chromium, or remove it to use an installed one.");
        }

        var commands = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => s_commandNames, Path.Combine)
            .OrderBy(path => Array.IndexOf(s_commandNames, Path.GetFileName(path)));
        return playwrightShells.Concat(s_libraryPaths).Concat(commands).FirstOrDefault(exists);
    }

    private static IEnumerable<string> PlaywrightShells(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateDirectories(folder, "chromium_headless_shell-*")
            .OrderByDescending(revision => int.TryParse(revision[(revision.LastIndexOf('-') + 1)..], out var number) ? number : 0)
            .SelectMany(revision => Directory.EnumerateDirectories(revision))
            .SelectMany(platform => s_shellNames, Path.Combine);
    }

    private static string PlaywrightFolder()
    {
        if (Environment.GetEnvironmentVariable("PLAYWRIGHT_BROWSERS_PATH") is { Length: > 1 } configured)
        {
            return configured;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "ms-playwright")
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches", "ms-playwright")
            : Path.Combine(home, ".cache", "ms-playwright");
    }
}
