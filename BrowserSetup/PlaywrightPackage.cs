namespace Fleet.BrowserSetup;

/// <summary>Playwright's own headless shell, which its driver downloads.</summary>
internal sealed class PlaywrightPackage(InstallCommand command)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(10);

    /// <summary>Downloads it.</summary>
    /// <returns>Null on success, else the reason.</returns>
    public async Task<string?> InstallAsync(CancellationToken cancellationToken)
    {
        var driver = Path.Combine(AppContext.BaseDirectory, ".playwright");
        var script = Path.Combine(driver, "package", "cli.js");
        var node = Directory.Exists(driver)
            ? Directory.EnumerateFiles(Path.Combine(driver, "node"), OperatingSystem.IsWindows() ? "node.exe" : "node", SearchOption.AllDirectories).FirstOrDefault()
            : null;
        if (node is null || !File.Exists(script))
        {
            return "Playwright's driver is not beside this program";
        }

        // The browser's libraries come from the distribution, which only root may add to.
        string[] libraries = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? ["--with-deps"] : [];
        return await command.RunAsync(node, [script, "install", .. libraries, "--only-shell", "chromium"], s_timeout, cancellationToken);
    }
}
