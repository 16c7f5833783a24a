namespace Fleet.Tests.ByHand;

/// <summary>A fleet of an earlier version is replaced by this one, service by service and under load, so that old and new ones run beside each other on one Redis. Its programs are in the folder
/// that <c>FLEET_PREVIOUS</c> names; <c>.ci/upgrade</c> builds them.</summary>
public sealed class UpgradeTests
{
    private static readonly string? s_previous = Environment.GetEnvironmentVariable("FLEET_PREVIOUS");

    private static readonly string[] s_realms = ["realm-0", "realm-1"];
    private static readonly string[] s_managers = ["manager-0", "manager-1"];
    private static readonly string[] s_servers = ["prerender-0", "prerender-1", "prerender-2"];

    /// <summary>In these orders each part runs beside each other part, once as the newer and once as the older one.</summary>
    public static TheoryData<string, string[][]> Orders => new()
    {
        { "realm servers, servers, managers", [s_realms, s_servers, s_managers] },
        { "servers, managers, realm servers", [s_servers, s_managers, s_realms] },
        { "managers, realm servers, servers", [s_managers, s_realms, s_servers] },
    };

    [Theory]
    [MemberData(nameof(Orders), DisableDiscoveryEnumeration = true)]
    public async Task Upgrade_OneServiceAfterTheOtherUnderLoad_NoRequestIsLostAndDeploysArrive(string order, string[][] parts)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(s_previous), "FLEET_PREVIOUS names no folder with the services of an earlier version: run .ci/upgrade.");
        await using var fleet = new ByHandFleet { Programs = s_previous };
        await fleet.InitializeAsync();
        await fleet.EveryCardIsServedAsync();
        fleet.Programs = null;

        foreach (var part in parts)
        {
            TestContext.Current.SendDiagnosticMessage($"{order}: {string.Join(", ", part)}");
            await using var load = new Load(fleet);
            await load.ReachAsync(2);
            foreach (var service in part)
            {
                // Old and new ones of this part beside each other.
                await fleet.ReplaceAsync(service);
                await load.ReachAsync(3);
            }

            // A new part beside old ones.
            await fleet.WholeAsync();
            await fleet.DeployAsync();
            await fleet.EveryCardIsServedAsync();
            Assert.Contains($"data-version=\"{fleet.Version}\"", await fleet.GetAsync(ByHandFleet.NewRoute(), ByHandFleet.Crawler), StringComparison.Ordinal);
            await load.StopAsync();
        }

        // A record in Redis or an answer that a service cannot read is logged, and retried elsewhere or written again.
        Assert.Empty(fleet.Log.Find("Ignoring the value of "));
        Assert.Empty(fleet.Log.Find("failed (Garbage)"));
    }
}
