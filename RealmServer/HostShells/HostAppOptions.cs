using System.ComponentModel.DataAnnotations;

namespace Fleet.RealmServer.HostShells;

/// <summary>The host app that this server serves. Section <c>Host</c>.</summary>
internal sealed class HostAppOptions
{
    public const string Section = "Host";

    /// <summary>The sample next to the program.</summary>
    internal static readonly string SampleDist = Path.Combine(AppContext.BaseDirectory, "Samples", "HostApp");

    /// <summary>Folder of the built host app, with its <c>index.html</c>. A relative path starts at the working directory.
    /// Default: the sample next to the program.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Dist { get; set; } = SampleDist;

    /// <summary>How often <c>index.html</c>, and what it names, are looked at, 50 ms to 1 min. A change is taken when two looks in a row agree on it.
    /// Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
