using System.Reflection;

namespace Fleet.Tests.Architecture;

/// <summary>Dependencies point one way: services → Registry → ServiceDefaults → Contracts.</summary>
public sealed class DependencyTests
{
    private const string Contracts = "Fleet.Contracts";
    private const string Registry = "Fleet.Registry";
    private const string ServiceDefaults = "Fleet.ServiceDefaults";
    private const string BrowserSetup = "Fleet.BrowserSetup";

    [Theory]
    [InlineData(Contracts)]
    [InlineData(Registry, Contracts, ServiceDefaults)]
    [InlineData(ServiceDefaults, Contracts)]
    [InlineData("Fleet.Manager", Contracts, Registry, ServiceDefaults)]
    [InlineData(BrowserSetup, Contracts, ServiceDefaults)]
    [InlineData("Fleet.PrerenderServer", BrowserSetup, Contracts, Registry, ServiceDefaults)]
    [InlineData("Fleet.RealmServer", Contracts, Registry, ServiceDefaults)]
    public void Assembly_References_OnlyWhatItsRoomMay(string assembly, params string[] allowed)
    {
        var fleet = References(assembly).Where(name => name.StartsWith("Fleet.", StringComparison.Ordinal));

        Assert.Empty(fleet.Except(allowed));
    }

    [Fact]
    public void Contracts_References_OnlyTheFramework() =>
        Assert.All(References(Contracts), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    private static IEnumerable<string> References(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!);
}
