namespace Fleet.Registry.Leases;

/// <summary>Leases for work that one replica does for all. The work must tolerate two holders for a moment: a holder that was frozen may resume after its lease
/// has expired.</summary>
public interface ILeases
{
    /// <summary>Acquires the lease if it is free, or extends it if <paramref name="holder"/> has it.</summary>
    /// <param name="name">Name of the lease.</param>
    /// <param name="holder">The requesting replica.</param>
    /// <param name="timeToLive">Duration of the lease from now.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The holder after the call.</returns>
    Task<string> HoldAsync(string name, string holder, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Releases the lease if <paramref name="holder"/> has it.</summary>
    Task ReleaseAsync(string name, string holder, CancellationToken cancellationToken);
}
