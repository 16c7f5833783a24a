namespace Fleet.Registry.Leases;

/// <summary>Work that one replica does for all. What it guards must be harmless when two do it for a moment: a holder that was frozen
/// may wake up after its time.</summary>
public interface ILeases
{
    /// <summary>Takes the lease if nobody holds it, prolongs it if the holder asks.</summary>
    /// <param name="name">What is leased.</param>
    /// <param name="holder">Who asks.</param>
    /// <param name="timeToLive">How long it lasts from now.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Who holds it now.</returns>
    Task<string> HoldAsync(string name, string holder, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Gives it back, if <paramref name="holder"/> holds it.</summary>
    Task ReleaseAsync(string name, string holder, CancellationToken cancellationToken);
}
