using Fleet.AppHost.Output;
using Fleet.PrerenderServer.Browser;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Setup;

/// <summary>Finds a browser as the prerender servers will, or installs one: the distribution's headless shell, else Playwright's.</summary>
internal sealed class BrowserSetup(AptGet apt, PlaywrightInstaller playwright, IFleetOutput output)
{
    private const string Package = "chromium-headless-shell";

    /// <summary>Whether none is configured and none is installed.</summary>
    /// <exception cref="StartException">One is configured, and it is not there.</exception>
    public static bool IsMissing(string? configured) => BrowserLocator.Find(configured) is null;

    /// <summary>The browser's path.</summary>
    /// <param name="configured"><c>Browser:ExecutablePath</c>; null when it is not set.</param>
    /// <param name="cancellationToken">Stops an installation.</param>
    /// <exception cref="StartException">None is to be had.</exception>
    public async Task<string> FindOrInstallAsync(string? configured, CancellationToken cancellationToken)
    {
        if (BrowserLocator.Find(configured) is { } present)
        {
            return present;
        }

        output.Say("No browser is installed.");
        var fromDistribution = await apt.InstallAsync(Package, cancellationToken).ConfigureAwait(false);
        if (BrowserLocator.Find(configured) is { } packaged)
        {
            return packaged;
        }

        output.Say($"{Package} of this system is not to be had: {fromDistribution}");
        var fromPlaywright = await playwright.InstallAsync(cancellationToken).ConfigureAwait(false);
        return BrowserLocator.Find(configured) ?? throw new StartException(
            $"No browser is installed, and none could be: {fromDistribution}; {fromPlaywright}. "
            + $"Install {Package} or Chromium, or set Browser:ExecutablePath to one.");
    }
}
