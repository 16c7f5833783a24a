using System.ComponentModel.DataAnnotations;

namespace Fleet.PrerenderServer.Canary;

/// <summary>Settings of the canary, section <c>Canary</c>.</summary>
public sealed class CanaryOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Canary";

    /// <summary>Number of stored pages, 0 to 200, that the first server with a new browser renders and compares with a server of the old one before it takes renders. Default: 0, no comparison.</summary>
    [Range(0, 200)]
    public int Samples { get; set; }

    /// <summary>Number of pages that may differ, 0 to 200. Default: 0.</summary>
    [Range(0, 200)]
    public int MaxDifferent { get; set; }
}
