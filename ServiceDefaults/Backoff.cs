namespace Fleet.ServiceDefaults;

/// <summary>Exponential back-off: the pause doubles with each consecutive failure.</summary>
/// <param name="First">The pause after the first failure.</param>
/// <param name="Longest">The maximum pause.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>The pause after this many consecutive failures; zero for no failure.</summary>
    public TimeSpan After(int failures)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        // Cap the exponent so that the product stays finite; any pause is at its maximum long before.
        var doubled = First.Ticks * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < Longest.Ticks ? TimeSpan.FromTicks((long)doubled) : Longest;
    }

    /// <summary>The pause after this many consecutive failures, shortened by up to 20 % so that replicas that failed together do not retry together.</summary>
    /// <param name="failures">Consecutive failures.</param>
    /// <param name="random">0 to 1: the fraction of the 20 % to subtract.</param>
    public TimeSpan After(int failures, double random) => Spread(After(failures), random);

    /// <summary>Shortens a pause by up to 20 %.</summary>
    /// <param name="pause">The pause.</param>
    /// <param name="random">0 to 1: the fraction of the 20 % to subtract.</param>
    public static TimeSpan Spread(TimeSpan pause, double random) => pause * (1 - (0.2 * random));
}
