using Fleet.Tests.ByHand;
using Fleet.Tests.HostShells;
using Fleet.Tests.Packages;
using Fleet.Tests.Standalone;
using Fleet.Tests.YourApp;

namespace Fleet.Tests.EndToEnd;

/// <summary>The long ones first, and one that puts a fleet under load beside one that waits for starts and stops.</summary>
public sealed class CollectionOrder() : LongestFirst(
    nameof(ScenarioTests), nameof(AppHostProcessTests), ManagerFleetCollection.Name, nameof(JobTests), nameof(RestartTests), nameof(TelemetryTests), nameof(ToolPackageTests),
    nameof(PackagesTests), nameof(ServeTests), ByHandCollection.Name, nameof(ViteAppTests));
