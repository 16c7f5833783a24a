namespace Fleet.Registry.Generations;

/// <summary>Issues numbers that order actions of several services without comparing their clocks.</summary>
public interface IGenerationCounter
{
    /// <summary>Returns a number that is higher than every earlier one of the same name. It is at least the registry's time in milliseconds, so it grows even
    /// after the registry lost its data.</summary>
    /// <param name="name">Name of the counter.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<long> NextAsync(string name, CancellationToken cancellationToken);
}
