namespace Fleet.Tests.EndToEnd;

/// <summary>Tests that only read from the sample's fleet share it.</summary>
[CollectionDefinition(Name)]
public sealed class SampleFleetCollection : ICollectionFixture<FleetFixture>
{
    public const string Name = "Sample fleet";
}
