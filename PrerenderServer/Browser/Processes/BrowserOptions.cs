using System.ComponentModel.DataAnnotations;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Settings of the browser, section <c>Browser</c>.</summary>
public sealed class BrowserOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Browser";

    /// <summary>Path of a chromium-headless-shell (preferred) or a Chromium. Default: the first that <see cref="BrowserSetup.BrowserLocator"/> finds.</summary>
    [MaxLength(4096)]
    public string? ExecutablePath { get; set; }

    /// <summary>Which versions of Chromium the server starts. Default: <see cref="BrowserVersions.Any"/>.</summary>
    public BrowserVersions Versions { get; set; } = BrowserVersions.Any;

    /// <summary>Maximum time for a browser process to start, 1 s to 5 min. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan LaunchTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum time for a page to boot the host app, 1 s to 5 min. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BootTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Maximum time for any other call to the browser, 100 ms to 1 min. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Maximum time for a page to evaluate a trivial expression before it counts as hanging, 50 ms to 10 s. Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:00:10")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Chromium's sandbox. Default: <see cref="SandboxMode.Auto"/>.</summary>
    public SandboxMode Sandbox { get; set; } = SandboxMode.Auto;

    /// <summary>Additional command-line switches for Chromium, each starting with <c>--</c>; none that opens its debugging port. Default: none.</summary>
    [MaxLength(50)]
    public string[] ExtraArguments { get; set; } = [];

    /// <summary>Folder for the profiles of the running browsers. Default: the system's temporary folder.</summary>
    [MaxLength(4096)]
    public string? ProfileRoot { get; set; }

    /// <summary>Width of a page in CSS pixels, 320 to 3840. Default: 1280.</summary>
    [Range(320, 3840)]
    public int ViewportWidth { get; set; } = 1280;

    /// <summary>Height of a page in CSS pixels, 240 to 2160. Default: 800.</summary>
    [Range(240, 2160)]
    public int ViewportHeight { get; set; } = 800;

    /// <summary>Number of browser events (requests, workers; a console message or an exception counts tenfold, a change of the address 25 times) in 10 s above which a page is closed, 1,000 to 10,000,000. Default: 50,000.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxPageEvents { get; set; } = 50_000;

    /// <summary>Size of these events in MB in 10 s above which a page is closed, 1 to 1,000. Default: 32.</summary>
    [Range(1, 1_000)]
    public int MaxPageEventMb { get; set; } = 32;

    /// <summary>Number of workers that a page may run at the same time before it is closed, 1 to 1,000. Default: 16.</summary>
    [Range(1, 1_000)]
    public int MaxPageWorkers { get; set; } = 16;

    /// <summary>Resident memory of a renderer process in MB above which it is killed and its page closed, 100 to 100,000. Linux only. Default: 1,500.</summary>
    [Range(100, 100_000)]
    public int MaxRendererMb { get; set; } = 1_500;

    /// <summary>What each origin may store in a browser context (Cache Storage, IndexedDB), in MB, 1 to 10,000. Default: 50.</summary>
    [Range(1, 10_000)]
    public int MaxStorageMb { get; set; } = 50;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. ExtraArguments.Where(a => !a.StartsWith("--", StringComparison.Ordinal))
            .Select(a => new ValidationResult($"{nameof(ExtraArguments)} contains '{a}': each must start with '--'.")),
        .. ExtraArguments.Where(a => a.StartsWith("--remote-debugging-", StringComparison.Ordinal))
            .Select(a => new ValidationResult($"{nameof(ExtraArguments)} contains '{a}': it would let every local user control the browser.")),
    ];
}

/// <summary>Whether Chromium runs its renderers in its sandbox.</summary>
public enum SandboxMode
{
    /// <summary>On, unless this service runs as root on Linux, where Chromium refuses to start with it. Then the server logs a warning.</summary>
    Auto,

    /// <summary>On. Chromium does not start as root.</summary>
    On,

    /// <summary>Off. Only for trusted content.</summary>
    Off,
}

/// <summary>The versions of Chromium that a server starts.</summary>
public enum BrowserVersions
{
    /// <summary>Every version. The server logs a warning for one that is older than <see cref="BrowserSetup.ChromiumVersion.Tested"/>.</summary>
    Any,

    /// <summary>Only the major version of <see cref="BrowserSetup.ChromiumVersion.Tested"/>.</summary>
    Tested,
}
