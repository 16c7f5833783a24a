namespace Fleet.ServiceDefaults;

/// <summary>The pause before something that failed is tried again: it doubles with each failure in a row.</summary>
/// <param name="First">The pause after the first failure.</param>
/// <param name="Longest">The longest pause.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>The pause after so many failures in a row; none before the first.</summary>
    public TimeSpan After(int failures)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        // Beyond 2^30 every pause is the longest, and the product would leave the range of a TimeSpan.
        var doubled = First.Ticks * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < Longest.Ticks ? TimeSpan.FromTicks((long)doubled) : Longest;
    }

    /// <summary>The pause after so many failures, up to a fifth shorter: replicas that lost something together do not come back together.</summary>
    /// <param name="failures">Failures in a row.</param>
    /// <param name="random">0 to 1: which part of the fifth is taken off.</param>
    public TimeSpan After(int failures, double random) => Spread(After(failures), random);

    /// <summary>Takes up to a fifth off a pause.</summary>
    /// <param name="pause">The pause.</param>
    /// <param name="random">0 to 1: which part of the fifth is taken off.</param>
    public static TimeSpan Spread(TimeSpan pause, double random) => pause * (1 - (0.2 * random));
}
