namespace Fleet.Registry.Commands;

/// <summary>Which commands were started, so that none is started twice, and what came of them. Kept for <see cref="RegistryTtl.Command"/>.</summary>
public interface ICommandStore
{
    /// <summary>What is known of a command; null when it was never started.</summary>
    Task<CommandRecord?> GetAsync(string affinity, string key, CancellationToken cancellationToken);

    /// <summary>Notes that a command starts now, unless it was started before.</summary>
    /// <returns>Null for the one caller who may start it; for all others what is known.</returns>
    Task<CommandRecord?> StartAsync(string affinity, string key, CommandRecord start, CancellationToken cancellationToken);

    /// <summary>Notes what came of it.</summary>
    Task FinishAsync(string affinity, string key, CommandRecord done, CancellationToken cancellationToken);
}
