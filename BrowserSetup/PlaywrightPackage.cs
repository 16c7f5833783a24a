namespace Fleet.BrowserSetup;

/// <summary>Playwright's own headless shell, which its driver downloads.</summary>
internal sealed class PlaywrightPackage(InstallCommand command)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(10);

    /// <summary>Downloads it.</summary>
    /// <returns>Null on success, else the reason.</returns>
    public async Task<string?> InstallAsync(CancellationToken cancellationToken)
    {
        if (PlaywrightDriver.Missing is { } missing)
        {
            return missing;
        }

        // The browser's libraries come from the distribution, which only root may add to.
        string[] libraries = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? ["--with-deps"] : [];
        return await command.RunAsync(PlaywrightDriver.Node, [PlaywrightDriver.Script, "install", .. libraries, "--only-shell", "chromium"], s_timeout, cancellationToken);
    }
}
