using Fleet.Tests.ByHand;
using Fleet.Tests.HostShells;
using Fleet.Tests.Packages;
using Fleet.Tests.Standalone;
using Fleet.Tests.YourApp;
using Xunit.Sdk;
using Xunit.v3;

namespace Fleet.Tests.EndToEnd;

/// <summary>The order in which collections start: the long ones first, and one that puts a fleet under load beside one that waits for starts and stops.</summary>
public sealed class CollectionOrder : ITestCollectionOrderer
{
    private static readonly string[] s_first =
    [
        nameof(ScenarioTests), nameof(AppHostProcessTests), ManagerFleetCollection.Name, nameof(JobTests), nameof(RestartTests), nameof(TelemetryTests), nameof(ToolPackageTests),
        nameof(PackagesTests), nameof(ServeTests), ByHandCollection.Name, nameof(ViteAppTests),
    ];

    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Rank(string name) => Array.FindIndex(s_first, part => name.Contains(part, StringComparison.Ordinal)) is var index and >= 0 ? index : s_first.Length;
}
