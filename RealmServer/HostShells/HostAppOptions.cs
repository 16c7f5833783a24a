using System.ComponentModel.DataAnnotations;

namespace Fleet.RealmServer.HostShells;

/// <summary>The host app that this server serves. Section <c>Host</c>.</summary>
internal sealed class HostAppOptions
{
    public const string Section = "Host";

    /// <summary>The sample app next to the program.</summary>
    internal static readonly string SampleDist = Path.Combine(AppContext.BaseDirectory, "Samples", "HostApp");

    /// <summary>Folder of the built host app, with its <c>index.html</c>. A relative path is resolved against the working directory.
    /// Default: the sample app next to the program.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Dist { get; set; } = SampleDist;

    /// <summary>How often <c>index.html</c> and the assets that it references are polled, 50 ms to 1 min. A change is accepted once two consecutive polls agree.
    /// Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
