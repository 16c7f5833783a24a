using Fleet.ServiceDefaults;

namespace Fleet.BrowserSetup;

/// <summary>Finds the browser that prerender servers use, or installs one: the distribution's headless shell, else Playwright's.</summary>
public static class BrowserInstaller
{
    private const string Package = "chromium-headless-shell";

    /// <summary>Returns at once when a browser is there. Installs of one machine run one after the other.</summary>
    /// <param name="configured"><c>Browser:ExecutablePath</c>; null when it is not set. A configured browser is used or refused, never replaced.</param>
    /// <param name="report">Receives lines on the progress of an install.</param>
    /// <param name="time">Bounds the install: 15 minutes for another install to end, 10 minutes for each step.</param>
    /// <param name="cancellationToken">Stops the install.</param>
    /// <returns>Full path of the browser.</returns>
    /// <exception cref="StartException">The configured browser does not exist, or no browser could be installed.</exception>
    public static async Task<string> EnsureAsync(string? configured, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        if (BrowserLocator.Find(configured) is { } present)
        {
            return present;
        }

        using var setupLock = await SetupLock.AcquireAsync(report, time, cancellationToken);
        if (BrowserLocator.Find(configured) is { } installedMeanwhile)
        {
            return installedMeanwhile;
        }

        report("No browser is installed.");
        var command = new InstallCommand(report, time);
        var fromDistribution = await new AptPackages(command).InstallAsync(Package, cancellationToken);
        if (BrowserLocator.Find(configured) is { } packaged)
        {
            return packaged;
        }

        report($"{Package} could not be installed: {fromDistribution}");
        var fromPlaywright = await new PlaywrightPackage(command).InstallAsync(cancellationToken);
        return BrowserLocator.Find(configured) ?? throw new StartException(
            $"No browser is installed, and the install failed: {fromDistribution}; {fromPlaywright}. "
            + $"Install {Package} or Chromium, or set Browser:ExecutablePath to one.");
    }
}

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
