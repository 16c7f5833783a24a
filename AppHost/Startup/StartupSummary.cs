using Fleet.AppHost.Settings;
using Fleet.ServiceDefaults.Startup;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Fleet.AppHost.Startup;

/// <summary>Prints to the console what the dashboard shows: why a resource cannot start, what the start waits for when it takes long, the addresses once
/// all services are healthy, and the progress of the first index.</summary>
internal sealed class StartupSummary(
    AppHostSettings settings,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(30);

    private readonly long _startedAt = time.GetTimestamp();

    private IEnumerable<string> Services => model.Resources.OfType<ProjectResource>().Select(project => project.Name);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var errors = Task.WhenAll(Services.Select(name => PrintErrorsAsync(name, stoppingToken)));
            var healthy = Task.WhenAll(Services.Select(name =>
                notifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, stoppingToken)));
            while (await Task.WhenAny(healthy, Task.Delay(s_reportInterval, time, stoppingToken)) != healthy)
            {
                stoppingToken.ThrowIfCancellationRequested();
                Console.WriteLine(await DescribeWaitAsync(stoppingToken));
            }

            await healthy;
            Console.WriteLine(Describe(await ProcessesAsync(stoppingToken)));
            await FirstIndex.FollowAsync(Loopback(settings.PortOf("realm")), Console.WriteLine, time, stoppingToken);
            await errors;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The fleet stops before it is ready, or before its first index is complete.
        }
    }

    private static Uri Loopback(int? port) => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port ?? 0).Uri;

    /// <summary>Prints the standard error of a service, which has only the reason why it cannot start.</summary>
    private async Task PrintErrorsAsync(string resource, CancellationToken cancellationToken)
    {
        await foreach (var batch in logs.WatchAsync(resource).WithCancellation(cancellationToken))
        {
            foreach (var line in batch.Where(line => line.IsErrorMessage))
            {
                Console.WriteLine($"  {resource,-12}{line.Content}");
            }
        }
    }

    private async Task<Dictionary<string, string>> ProcessesAsync(CancellationToken cancellationToken)
    {
        var processes = new Dictionary<string, string>();
        foreach (var name in Services)
        {
            var state = await notifications.WaitForResourceAsync(name, _ => true, cancellationToken);
            if (state.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is { } id)
            {
                processes[name] = $"process {id}";
            }
        }

        return processes;
    }

    private async Task<string> DescribeWaitAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<string>();
        foreach (var name in Services)
        {
            var snapshot = (await notifications.WaitForResourceAsync(name, _ => true, cancellationToken)).Snapshot;
            if (snapshot.HealthStatus != HealthStatus.Healthy)
            {
                var reasons = snapshot.HealthReports.Where(report => report.Status != HealthStatus.Healthy).Select(report => $"{report.Name}: {report.Description ?? "not checked yet"}");
                waiting.Add($"{name} is {snapshot.State?.Text ?? "unknown"}{(snapshot.ExitCode is { } code ? $" with exit code {code}" : "")} ({string.Join("; ", reasons)})");
            }
        }

        return $"Not ready after {time.GetElapsedTime(_startedAt).TotalSeconds:0} s: {string.Join(", ", waiting)}.";
    }

    private string Describe(Dictionary<string, string> processes)
    {
        var (realm, manager) = (Loopback(settings.PortOf("realm")), Loopback(settings.PortOf("manager")));
        (string Name, string Address, string Note)[] rows =
        [
            ("realm", realm.ToString(), "host app and realms: open it in a browser"),
            ("manager", manager.ToString(), "renders, and the state of the fleet"),
            .. settings.Ports.Where(port => port.Key.StartsWith("prerender-", StringComparison.Ordinal)).OrderBy(port => port.Value)
                .Select(port => (port.Key, Loopback(port.Value).ToString(), "")),
            .. settings.PortOf("redis") is { } redis ? [("redis", $"127.0.0.1:{redis}", "")] : ((string, string, string)[])[],
        ];
        var card = settings.IsSample ? new Uri(realm, "elements/hydrogen") : realm;
        return string.Join(Environment.NewLine,
            [
                "",
                .. rows.Select(row => $"  {row.Name,-14}{row.Address,-26}{processes.GetValueOrDefault(row.Name, ""),-17}{row.Note}".TrimEnd()),
                "",
                $"  Try           curl '{new Uri(manager, "render")}?url={card}'",
                "",
                $"Ready after {time.GetElapsedTime(_startedAt).TotalSeconds:0.0} s. Ctrl-C stops everything.",
            ]);
    }
}
