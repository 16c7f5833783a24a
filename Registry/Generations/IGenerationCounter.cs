namespace Fleet.Registry.Generations;

/// <summary>Numbers that order what several services do, so that none of them has to compare its clock with another's.</summary>
public interface IGenerationCounter
{
    /// <summary>A number that is higher than every earlier one of that name, also after the registry lost its data: it is at least the registry's own
    /// time in milliseconds.</summary>
    /// <param name="name">What is counted.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<long> NextAsync(string name, CancellationToken cancellationToken);
}
