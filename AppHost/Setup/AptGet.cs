using Fleet.AppHost.Local;

namespace Fleet.AppHost.Setup;

/// <summary>The package manager of Debian and Ubuntu.</summary>
internal sealed class AptGet(Installer installer)
{
    private static readonly TimeSpan s_updatePatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_installPatience = TimeSpan.FromMinutes(10);

    // Another apt-get, the machine's own nightly one for example, is waited for.
    private const string WaitForLock = "DPkg::Lock::Timeout=120";

    private static readonly string? s_program = OperatingSystem.IsLinux() ? Executables.Find("apt-get") : null;

    private bool _updated;

    /// <summary>Why it cannot be used here; null when it can.</summary>
    public static string? Obstacle =>
        s_program is null ? "this system has no apt-get"
        : !Environment.IsPrivilegedProcess ? "only root may install packages"
        : null;

    /// <summary>Installs one package. Null when it is there now, else why not.</summary>
    public async Task<string?> InstallAsync(string package, CancellationToken cancellationToken)
    {
        if (Obstacle is { } obstacle)
        {
            return obstacle;
        }

        if (!_updated)
        {
            // A list that cannot be refreshed may still be good enough, so its failure alone ends nothing.
            await installer.RunAsync(s_program!, ["update", "-q", "-o", WaitForLock], s_updatePatience, cancellationToken).ConfigureAwait(false);
            _updated = true;
        }

        return await installer.RunAsync(
            s_program!, ["install", "-y", "-q", "--no-install-recommends", "-o", WaitForLock, package], s_installPatience, cancellationToken).ConfigureAwait(false);
    }
}
