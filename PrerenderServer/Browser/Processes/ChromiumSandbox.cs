namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Decides whether Chromium runs with its sandbox, which keeps a renderer that a page has taken over away from files, processes and the network.</summary>
internal static class ChromiumSandbox
{
    /// <summary>What to check when a browser with its sandbox does not start.</summary>
    public const string StartHint = " Its sandbox is on and needs user namespaces, which some kernels and most container runtimes do not allow by default:"
        + " allow them (see SECURITY.md), or set Browser:Sandbox=Off if every page is trusted.";

    /// <summary>Whether this service runs as root on Linux, where Chromium refuses to start with its sandbox.</summary>
    public static bool IsRoot => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Whether the sandbox is on.</summary>
    public static bool IsOn(SandboxMode mode, bool root) => mode switch
    {
        SandboxMode.On => true,
        SandboxMode.Off => false,
        _ => !root,
    };

    /// <summary>The warning at the start; null if none is needed: the sandbox is on, or an operator turned it off.</summary>
    public static string? WarningOf(SandboxMode mode, bool root) => mode == SandboxMode.Auto && root
        ? "Chromium runs as root and without its sandbox, because it cannot use its sandbox as root: a page that exploits a fault of Chromium controls this machine."
            + " Run this service as another user; then the sandbox is on. If every page is trusted, set Browser:Sandbox=Off to accept this and to silence this warning."
        : null;
}
