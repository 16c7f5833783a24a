using System.Text.Json.Serialization;
using Fleet.Contracts;

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

/// <summary>What is known of a command that was started.</summary>
/// <param name="Fingerprint">Of what was asked for: a key that is used again for something else is told apart by it.</param>
/// <param name="Server">Name of the prerender server that started it.</param>
/// <param name="StartedAt">When, by that server's clock; for people.</param>
/// <param name="Lasts">How long it may run from its start on; without a result after that, there will be none.</param>
/// <param name="Result">What came of it; null while it runs, or when that server was lost with it.</param>
public sealed record CommandRecord(string Fingerprint, string Server, DateTimeOffset StartedAt, TimeSpan Lasts, RenderResult? Result = null)
{
    /// <summary>Whether it may still run, by the registry's clock: the servers' own clocks may differ. Set by what the registry returns.</summary>
    [JsonIgnore]
    public bool IsRunning { get; init; }
}
