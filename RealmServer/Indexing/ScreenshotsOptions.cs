using System.ComponentModel.DataAnnotations;

namespace Fleet.RealmServer.Indexing;

/// <summary>Options for screenshots of cards, which are used in link previews. Section <c>Screenshots</c>.</summary>
internal sealed class ScreenshotsOptions
{
    public const string Section = "Screenshots";

    private const long Megabyte = 1024 * 1024;

    /// <summary>Whether screenshots of cards are taken. Requires that the host app offers the format <c>fitted</c>. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Width of a screenshot in pixels, 200 to 2400. Default: 1200.</summary>
    [Range(200, 2400)]
    public int Width { get; set; } = 1200;

    /// <summary>Height of a screenshot in pixels, 200 to 2000. Default: 630.</summary>
    [Range(200, 2000)]
    public int Height { get; set; } = 630;

    /// <summary>Maximum size of a screenshot in KB, 16 to 8,192. Larger ones are not stored. Default: 512.</summary>
    [Range(16, 8_192)]
    public int MaxKb { get; set; } = 512;

    /// <summary>Maximum size of a realm's screenshots in MB, 1 to 100,000. Cards beyond it have none. Default: 512.</summary>
    [Range(1, 100_000)]
    public int MaxRealmMb { get; set; } = 512;

    internal long MaxBytes => MaxKb * 1024L;

    internal long MaxRealmBytes => MaxRealmMb * Megabyte;
}
