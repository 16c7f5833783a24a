using System.Text.RegularExpressions;
using Fleet.Tests.Docs;

namespace Fleet.Tests.Architecture;

/// <summary>The clock of a machine is set forward and back, by administrators, by NTP and after a pause of a virtual machine. A duration that is measured with it becomes an hour longer, or
/// is over at once. So only times that leave the process are read from it.</summary>
public sealed partial class WallClockTests
{
    private static readonly string[] s_projects = ["AspNetCore", "Client", "Contracts", "Garnet", "Manager", "PrerenderServer", "RealmServer", "Registry", "ServiceDefaults", "Standalone"];

    // A file that reads the clock of the machine, and why.
    private static readonly Dictionary<string, string> s_allowed = new(StringComparer.Ordinal)
    {
        ["Manager/Dashboard/FleetStatusSource.cs"] = "shown",
        ["Manager/Health/FleetAlerts.cs"] = "shown",
        ["Manager/Servers/Heartbeats.cs"] = "shown",
        ["Manager/Telemetry/RecentRenders.cs"] = "shown",
        ["Manager/Telemetry/RenderHistory.cs"] = "shown",
        ["Manager/Pipeline/RenderRecorder.cs"] = "shown",
        ["PrerenderServer/Rendering/Diagnostics/FailureLog.cs"] = "shown",
        ["PrerenderServer/Rendering/Operations/RenderProgress.cs"] = "shown, in traces",
        ["PrerenderServer/Pool/ShellTurnover.cs"] = "compared with a time of Redis, for a metric",
        ["RealmServer/Indexing/IndexProgress.cs"] = "shown",
        ["RealmServer/Site/Operations/PageDirectory.cs"] = "age of a stored page, shown",
        ["Registry/Services/ServiceAnnouncer.cs"] = "shown",
        ["Registry/Watching/RegistryWatcher.cs"] = "shown",
        ["ServiceDefaults/Telemetry/JsonLines.cs"] = "shown",
        ["Manager/Endpoints/HostShellEndpoints.cs"] = "stored: the build time of a shell",
        ["Manager/Endpoints/PublicationEndpoints.cs"] = "compared with a time of the caller",
        ["Manager/Jobs/JobLists.cs"] = "compared with a time of Redis: jobs outlive managers",
        ["Manager/Jobs/JobRunner.cs"] = "compared with a time of Redis: jobs outlive managers",
        ["Manager/Jobs/JobRunner.Tidying.cs"] = "compared with a time of Redis: jobs outlive managers",
        ["Manager/Jobs/PublicationUrls.cs"] = "compared with a time of Redis: jobs outlive managers",
        ["Manager/Pipeline/StoredPageReader.cs"] = "age of a stored page",
        ["PrerenderServer/Rendering/Commands/CommandRender.cs"] = "stored",
        ["RealmServer/Content/RealmCatalog.cs"] = "compared with times of files",
        ["RealmServer/Rendering/PageAcceptance.cs"] = "stored",
        ["RealmServer/Rendering/PageRenderer.cs"] = "stored",
        ["RealmServer/Site/PageDecision.cs"] = "age of a stored page",
        ["Manager/Forwarding/PrerenderClient.cs"] = "signed",
        ["Manager/Jobs/WebhookSender.cs"] = "signed",
        ["Manager/Pipeline/RenderPipeline.cs"] = "signed",
        ["Manager/Servers/PagesClient.cs"] = "signed",
        ["Manager/Servers/ServerOperations.cs"] = "signed",
        ["PrerenderServer/Canary/CanaryRenders.cs"] = "signed",
        ["RealmServer/Agents/AgentSignatures.cs"] = "signed",
        ["RealmServer/Agents/KeyDirectories.cs"] = "signed: keys have dates",
        ["Registry/Redis/RecordSigner.cs"] = "signed",
        ["ServiceDefaults/Security/ServiceToken.cs"] = "signed",
        ["ServiceDefaults/Signatures/MessageSigner.cs"] = "signed",
        ["PrerenderServer/Browser/Connections/SiteConnector.cs"] = "a certificate has dates",
        ["RealmServer/IndexNow/IndexNowSubmitter.cs"] = "a header of HTTP has a date",
        ["RealmServer/Rendering/ManagerClient.cs"] = "a header of HTTP has a date",
    };

    [Fact]
    public void Sources_ClockOfTheMachine_IsReadOnlyForTimesThatLeaveTheProcess()
    {
        var root = Path.GetDirectoryName(Repository.File("Fleet.sln"))!;
        var reading = s_projects
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            .Where(file => WallClock().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .ToList();

        Assert.True(reading.Except(s_allowed.Keys).ToList() is [], $"Measure durations with GetMonotonicTime, GetTimestamp or Deadline. The clock of the machine is read in: {string.Join(", ", reading.Except(s_allowed.Keys))}");
        Assert.True(s_allowed.Keys.Except(reading).ToList() is [], $"No longer read the clock of the machine: {string.Join(", ", s_allowed.Keys.Except(reading))}");
    }

    [GeneratedRegex(@"\bGetUtcNow\(\)|\bDateTime(Offset)?\.(Utc)?Now\b")]
    private static partial Regex WallClock();
}
