using System.Text.Json.Serialization;
using Fleet.Contracts;

namespace Fleet.Registry.Commands;

/// <summary>Records commands and their results, so that none is started twice. Entries live for <see cref="RegistryTtl.Command"/>.</summary>
public interface ICommandStore
{
    /// <summary>The record of a command; null when it was never started.</summary>
    Task<CommandRecord?> GetAsync(string affinity, string key, CancellationToken cancellationToken);

    /// <summary>Atomically records that a command starts, unless it was started before.</summary>
    /// <returns>Null for the one caller that may start it; for all others the existing record.</returns>
    Task<CommandRecord?> StartAsync(string affinity, string key, CommandRecord start, CancellationToken cancellationToken);

    /// <summary>Records the result of a command.</summary>
    Task FinishAsync(string affinity, string key, CommandRecord done, CancellationToken cancellationToken);
}

/// <summary>The record of a started command.</summary>
/// <param name="Fingerprint">Fingerprint of the request; it detects a key that is reused for a different request.</param>
/// <param name="Server">Name of the prerender server that started it.</param>
/// <param name="StartedAt">Start time by that server's clock, for display only.</param>
/// <param name="Lasts">Maximum run time; a command without a result after that will not get one.</param>
/// <param name="Result">The result; null while the command runs, or when its server was lost.</param>
public sealed record CommandRecord(string Fingerprint, string Server, DateTimeOffset StartedAt, TimeSpan Lasts, RenderResult? Result = null)
{
    /// <summary>Whether the command may still be running. Set by the store, by the registry's clock, because the servers' clocks may differ.</summary>
    [JsonIgnore]
    public bool IsRunning { get; init; }
}
