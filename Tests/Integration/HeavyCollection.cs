namespace Fleet.Tests;

/// <summary>Tests with real browsers that want the machine to themselves: they run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyCollection
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "Heavy";
}
