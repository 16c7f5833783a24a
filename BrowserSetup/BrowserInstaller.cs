using Fleet.ServiceDefaults;

namespace Fleet.BrowserSetup;

/// <summary>Finds the browser that prerender servers use, or installs one: the distribution's headless shell, else Playwright's.</summary>
public static class BrowserInstaller
{
    private const string Package = "chromium-headless-shell";

    /// <summary>Returns at once when a browser is installed. Installs on one machine run one after the other.</summary>
    /// <param name="configured"><c>Browser:ExecutablePath</c>; null when it is not set. A configured browser is never replaced by another one.</param>
    /// <param name="report">Receives the progress of the install, line by line.</param>
    /// <param name="time">Clock of the timeouts: 15 minutes to wait for another install, at most 10 minutes for each step.</param>
    /// <param name="cancellationToken">Stops the install.</param>
    /// <returns>Full path of the browser.</returns>
    /// <exception cref="StartException">The configured browser does not exist, or no browser could be installed.</exception>
    public static async Task<string> EnsureAsync(string? configured, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        if (BrowserLocator.Find(configured) is { } present)
        {
            return present;
        }

        using var setupLock = await SetupLock.AcquireAsync(Path.GetTempPath(), report, time, cancellationToken);
        if (BrowserLocator.Find(configured) is { } installedMeanwhile)
        {
            return installedMeanwhile;
        }

        report("No browser is installed.");
        var command = new InstallCommand(report, time);
        var distributionError = await new AptPackages(command).InstallAsync(Package, cancellationToken);
        if (BrowserLocator.Find(configured) is { } packaged)
        {
            return packaged;
        }

        report($"{Package} could not be installed: {distributionError}");
        var playwrightError = await new PlaywrightPackage(command).InstallAsync(cancellationToken);
        return BrowserLocator.Find(configured) ?? throw new StartException(
            $"No browser is installed, and the install failed: {distributionError}; {playwrightError}. "
            + $"Install {Package} or Chromium, or set Browser:ExecutablePath to one.");
    }
}

/// <summary>Installs Playwright's own headless shell, which its driver downloads.</summary>
internal sealed class PlaywrightPackage(InstallCommand command)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(10);

    /// <summary>Downloads and installs the headless shell.</summary>
    /// <returns>Null on success, else the reason.</returns>
    public async Task<string?> InstallAsync(CancellationToken cancellationToken)
    {
        if (PlaywrightDriver.Missing is { } missing)
        {
            return missing;
        }

        // The browser's libraries are packages of the distribution, which only root may install.
        string[] libraries = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? ["--with-deps"] : [];
        return await command.RunAsync(PlaywrightDriver.Node, [PlaywrightDriver.Script, "install", .. libraries, "--only-shell", "chromium"], s_timeout, cancellationToken);
    }
}
