using System.ComponentModel.DataAnnotations;

namespace Fleet.RealmServer.Indexing;

/// <summary>Screenshots of cards, for previews of links to them. Section <c>Screenshots</c>.</summary>
internal sealed class ScreenshotsOptions
{
    public const string Section = "Screenshots";

    private const long Megabyte = 1024 * 1024;

    /// <summary>Whether screenshots are taken of cards whose host app has the format <c>fitted</c>. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Width of a screenshot in pixels, 200 to 2400. Default: 1200.</summary>
    [Range(200, 2400)]
    public int Width { get; set; } = 1200;

    /// <summary>Height of a screenshot in pixels, 200 to 2000. Default: 630.</summary>
    [Range(200, 2000)]
    public int Height { get; set; } = 630;

    /// <summary>Largest screenshot, in KB, 16 to 8,192. A larger one is not kept. Default: 512.</summary>
    [Range(16, 8_192)]
    public int MaxKb { get; set; } = 512;

    /// <summary>Most megabytes of screenshots that are kept of one realm, 1 to 100,000. A card beyond has none. Default: 512.</summary>
    [Range(1, 100_000)]
    public int MaxRealmMb { get; set; } = 512;

    internal long MaxBytes => MaxKb * 1024L;

    internal long MaxRealmBytes => MaxRealmMb * Megabyte;
}
