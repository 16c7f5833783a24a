namespace Fleet.Registry.Watching;

/// <summary>What a watcher read last.</summary>
/// <param name="Value">The last good value.</param>
/// <param name="ReadAt">When it was read, by this service's clock.</param>
/// <param name="IsVerified">False since a later attempt to read failed: the value may be old.</param>
public sealed record RegistryReading<T>(T Value, DateTimeOffset ReadAt, bool IsVerified)
{
    /// <summary>When the last read of everything began; what was read since then is what notifications named. By this service's clock.</summary>
    public required DateTimeOffset EverythingReadAt { get; init; }
}
