using Fleet.AppHost.Output;

namespace Fleet.AppHost.Setup;

/// <summary>Gets what the fleet needs from outside: a browser and a Redis. Costs nothing when both are there.</summary>
internal static class FleetSetup
{
    /// <summary>Finds or installs what is wished for.</summary>
    /// <exception cref="Fleet.ServiceDefaults.StartException">Something cannot be had; names the setting that helps.</exception>
    public static async Task<Tools> RunAsync(
        SetupWishes wishes, IFleetOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        using var turn = BrowserSetup.IsMissing(wishes.Browser) || RedisSetup.IsMissing(wishes)
            ? await SetupLock.TakeAsync(output, time, cancellationToken).ConfigureAwait(false)
            : null;
        var installer = new Installer(output, time);
        var apt = new AptGet(installer);
        return new Tools(
            await new BrowserSetup(apt, new PlaywrightInstaller(installer), output).FindOrInstallAsync(wishes.Browser, cancellationToken).ConfigureAwait(false),
            await new RedisSetup(apt, output).FindOrInstallAsync(wishes, cancellationToken).ConfigureAwait(false));
    }
}
