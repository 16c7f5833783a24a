namespace Fleet.Tests;

/// <summary>Tests that measure the memory or the throughput of the process: they run one after another, and beside no other test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyCollection
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "Heavy";
}
