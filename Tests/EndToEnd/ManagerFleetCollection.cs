namespace Fleet.Tests.EndToEnd;

/// <summary>Tests that load or break the manager's fleet, and restore it, share it.</summary>
[CollectionDefinition(Name)]
public sealed class ManagerFleetCollection : ICollectionFixture<ManagerFleetFixture>
{
    public const string Name = "Manager fleet";
}
