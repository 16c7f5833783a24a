namespace Fleet.BrowserSetup;

/// <summary>Installs packages of Debian and Ubuntu with <c>apt-get</c>.</summary>
internal sealed class AptPackages(InstallCommand command)
{
    private static readonly TimeSpan s_updateTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_installTimeout = TimeSpan.FromMinutes(10);

    // Seconds to wait for another apt-get, such as an unattended upgrade.
    private const string WaitForLock = "DPkg::Lock::Timeout=120";

    private static readonly string? s_program = OperatingSystem.IsLinux() && File.Exists("/usr/bin/apt-get") ? "/usr/bin/apt-get" : null;

    private bool _updated;

    /// <summary>Why packages cannot be installed here; null when they can.</summary>
    public static string? Obstacle =>
        s_program is null ? "this system has no apt-get"
        : !Environment.IsPrivilegedProcess ? "only root may install packages"
        : null;

    /// <summary>Installs one package.</summary>
    /// <returns>Null on success, else the reason.</returns>
    public async Task<string?> InstallAsync(string package, CancellationToken cancellationToken)
    {
        if (Obstacle is { } obstacle)
        {
            return obstacle;
        }

        if (!_updated)
        {
            // The install may succeed with an outdated package list, so a failed update is not an error.
            await command.RunAsync(s_program!, ["update", "-q", "-o", WaitForLock], s_updateTimeout, cancellationToken);
            _updated = true;
        }

        return await command.RunAsync(
            s_program!, ["install", "-y", "-q", "--no-install-recommends", "-o", WaitForLock, package], s_installTimeout, cancellationToken);
    }
}
