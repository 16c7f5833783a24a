namespace Fleet.Tests.EndToEnd;

/// <summary>Tests with real browsers or whole fleets. They run one after another, since each wants the machine to itself; those that leave
/// it as they found it share one fleet, which starts when the first of them asks for it.</summary>
[CollectionDefinition(Name)]
public sealed class HeavyCollection : ICollectionFixture<FleetFixture>
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "Heavy";
}
