namespace Fleet.Tests.EndToEnd;

/// <summary>Tests that ask the sample's fleet and change nothing share it.</summary>
[CollectionDefinition(Name)]
public sealed class SampleFleetCollection : ICollectionFixture<FleetFixture>
{
    public const string Name = "Sample fleet";
}
