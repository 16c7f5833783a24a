namespace Fleet.Manager.Servers;

/// <summary>Highest-random-weight hashing: managers that see the same servers place an affinity identically without coordination, and a server that joins or
/// leaves moves only its own share.</summary>
internal static class RendezvousHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>The hash of a name. Unlike <see cref="string.GetHashCode()"/> it is the same in every process.</summary>
    public static ulong Of(string text)
    {
        var hash = FnvOffset;
        foreach (var c in text)
        {
            hash = (hash ^ c) * FnvPrime;
        }

        return Mix(hash);
    }

    /// <summary>The weight of a server for an affinity.</summary>
    public static ulong Weight(ulong affinity, ulong server) => Mix(affinity ^ server);

    /// <summary>The position on the ring of servers where the search for the n-th candidate of an affinity starts.</summary>
    public static ulong Probe(ulong affinity, int n) => Mix(affinity + ((ulong)n * 0x9e3779b97f4a7c15));

    // FNV leaves the high bits of similar names alike; the finalizer of MurmurHash3 spreads them.
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
