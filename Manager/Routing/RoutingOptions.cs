using System.ComponentModel.DataAnnotations;

namespace Fleet.Manager.Routing;

/// <summary>How the choice of a server weighs its costs. The defaults are the best of those tried with <c>Bench -- routing</c>; a fleet whose renders, boots or number of affinities are far from those of that
/// scenario can try others there. The same for all managers.</summary>
public sealed class RoutingOptions
{
    /// <summary>Cold servers whose costs differ by at most this fraction of a boot count as equal, and the hash decides: measured boot times always vary, and if two managers disagree about
    /// a cold affinity, it boots twice. 0 to 10. Default: 0.25.</summary>
    [Range(0.0, 10.0)]
    public double ColdTie { get; set; } = 0.25;

    /// <summary>Cost of occupied slots on a server that still has a free one, as a fraction of a render: the report is a moment old, and another manager may choose the same slot.
    /// 0 to 10. Default: 0.25.</summary>
    [Range(0.0, 10.0)]
    public double LoadPenalty { get; set; } = 0.25;

    /// <summary>Cost of a warm page on a server with all slots taken, as a fraction of a boot: the page itself may be busy. 0 to 10. Default: 0.25.</summary>
    [Range(0.0, 10.0)]
    public double BusyPagePenalty { get; set; } = 0.25;

    /// <summary>Cost, in boots, of an evicted page whose affinity is rendered again: it boots again, and evicts another. It counts as often as such affinities have been warm again lately. Servers
    /// with room, or with several pages of one affinity, are therefore preferred. 0 to 10. Default: 2.</summary>
    [Range(0.0, 10.0)]
    public double EvictionPenalty { get; set; } = 2;

    /// <summary>Cost of a second page of an affinity on the same server, as a fraction of a boot. 0 to 10. Default: 0.75.</summary>
    [Range(0.0, 10.0)]
    public double SecondPageCost { get; set; } = 0.75;
}
