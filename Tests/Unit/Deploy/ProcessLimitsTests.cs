using System.Globalization;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.Tests.Docs;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Fleet.Tests.Deploy;

/// <summary>compose.yaml and the systemd units: what holds for every service in them.</summary>
public sealed partial class ProcessLimitsTests
{
    private static readonly Dictionary<object, object> s_compose = new DeserializerBuilder().Build()
        .Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(new StringReader(File.ReadAllText(Repository.File("deploy/compose.yaml"))))));

    public static TheoryData<string> ComposeServices => [.. Map(s_compose, "services").Keys.Cast<string>()];

    public static TheoryData<string> Units => [.. Directory.EnumerateFiles(Repository.File("deploy/systemd"), "*.service").Select(file => Path.GetFileName(file))];

    [Fact]
    public void Compose_Services_AreThoseOfAFleet() =>
        Assert.Equal(["edge", "manager", "prerender-0", "prerender-1", "realm", "redis"], Map(s_compose, "services").Keys.Cast<string>().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(ComposeServices))]
    public void Compose_Service_HasAReadOnlyRootAndNoCapabilities(string name)
    {
        var service = Map(Map(s_compose, "services"), name);

        Assert.Equal("true", service["read_only"]);
        Assert.Equal(["ALL"], List(service, "cap_drop"));
        Assert.Contains("no-new-privileges:true", List(service, "security_opt"));
        Assert.DoesNotContain(":latest", service["image"].ToString(), StringComparison.Ordinal);
        Assert.All(List(service, "networks", optional: true), network => Assert.Contains(network, Map(s_compose, "networks").Keys));
        if (service.ContainsKey("environment"))
        {
            Assert.DoesNotContain("Fleet__AdminKey", Map(service, "environment").Keys);
        }
    }

    [Theory]
    [InlineData("manager", "Manager__DrainTimeout")]
    [InlineData("prerender-0", "Registration__DrainTimeout")]
    [InlineData("prerender-1", "Registration__DrainTimeout")]
    public void Compose_GraceToStop_IsLongerThanTheDrainAndTheLongestRender(string name, string setting)
    {
        var service = Map(Map(s_compose, "services"), name);

        AssertGrace(name, (string)Map(service, "environment")[setting], ((string)service["stop_grace_period"]).TrimEnd('s'));
    }

    [Theory]
    [InlineData("prerender-0")]
    [InlineData("prerender-1")]
    public void Compose_PrerenderServer_IsReachedByItsOwnNameAndHasNoWayOut(string name)
    {
        var service = Map(Map(s_compose, "services"), name);

        Assert.Equal($"http://{name}:8080", Map(service, "environment")["Registration__Url"]);
        Assert.Equal(["fleet"], List(service, "networks"));
        Assert.Equal("true", Map(Map(s_compose, "networks"), "fleet")["internal"]);
        Assert.False(service.ContainsKey("ports"));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_Service_IsHardenedAndTakesItsKeyAsACredential(string unit)
    {
        var lines = File.ReadAllLines(Repository.File($"deploy/systemd/{unit}"));

        Assert.All(
            ["DynamicUser=yes", "NoNewPrivileges=yes", "PrivateTmp=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet=", "KillMode=mixed",
                "LoadCredential=admin-key:/etc/fleet/admin-key", "Environment=Fleet__AdminKeyFile=%d/admin-key", $"RestartPreventExitStatus={FleetHost.CannotStart}"],
            line => Assert.Contains(line, lines));
        if (lines.Select(line => DrainTimeout().Match(line)).FirstOrDefault(match => match.Success) is { } drain)
        {
            AssertGrace(unit, drain.Groups["time"].Value, lines.Single(line => line.StartsWith("TimeoutStopSec=", StringComparison.Ordinal))["TimeoutStopSec=".Length..]);
        }
    }

    private static void AssertGrace(string name, string drainTimeout, string graceSeconds)
    {
        var drain = TimeSpan.Parse(drainTimeout, CultureInfo.InvariantCulture);
        var grace = TimeSpan.FromSeconds(int.Parse(graceSeconds, CultureInfo.InvariantCulture));
        Assert.True(drain.TotalMilliseconds >= RenderLimits.MaxDeadlineMs, $"{name} drains for {drain}, less than the longest render.");
        // 5 s of cleanup follow the drain (AddRequestDrain).
        Assert.True(grace > drain + TimeSpan.FromSeconds(5), $"{name} is killed after {grace}, before its drain of {drain} has ended.");
    }

    private static Dictionary<object, object> Map(Dictionary<object, object> node, string name) => (Dictionary<object, object>)node[name];

    private static IEnumerable<object> List(Dictionary<object, object> node, string name, bool optional = false) =>
        !node.TryGetValue(name, out var value) && optional ? []
        : value is Dictionary<object, object> map ? map.Keys
        : (IEnumerable<object>)value!;

    [GeneratedRegex(@"^Environment=\w+__DrainTimeout=(?<time>[\d:]+)$")]
    private static partial Regex DrainTimeout();
}
