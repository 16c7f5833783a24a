using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Fleet.Tests.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.EndToEnd;

/// <summary>One service of a fleet, which a test can kill, stop, freeze and start again.</summary>
internal sealed class AspireResource(DistributedApplication app, ProjectResource resource, FleetLog log)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private CustomResourceSnapshot? _snapshot;

    public string Name => resource.Name;

    /// <summary>Id of the service's process. The orchestrator's own is <c>dotnet run</c>, whose child it is.</summary>
    public int Id => FindProcess() ?? throw new InvalidOperationException($"{Name} has no process. It is {State}.");

    /// <summary>Id of the service's process; null while it has none.</summary>
    public int? ProcessId => FindProcess();

    /// <summary>Whether it has ended and was not started again.</summary>
    public bool HasEnded => KnownResourceStates.TerminalStates.Contains(State);

    /// <summary>Names of its URLs on the dashboard.</summary>
    public IReadOnlyList<string> UrlNames => [.. Snapshot!.Urls.Select(url => url.DisplayProperties.DisplayName).Order(StringComparer.Ordinal)];

    private string State => Snapshot?.State?.Text ?? "unknown";

    private CustomResourceSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    public override string ToString() => $"{Name} is {State}, exit code {Snapshot?.ExitCode}, process {ProcessId}";

    /// <summary>Kills the process, as <c>kill -9</c> does, but not its children.</summary>
    public async Task KillAsync()
    {
        Signals.Send(Id, Signals.Kill);
        await EndedAsync(s_limit);
    }

    /// <summary>Sends SIGTERM and waits for the end of the process.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int?> StopAsync(TimeSpan limit)
    {
        Signals.Send(Id, Signals.Terminate);
        await EndedAsync(limit);
        return Snapshot?.ExitCode;
    }

    /// <summary>Starts it again after its end, with the same environment.</summary>
    public async Task StartAsync()
    {
        var result = await app.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, TestContext.Current.CancellationToken);
        Assert.True(result.Success, $"The start of {Name}: {result.Message}");
        await Eventually.TrueAsync(() => State == KnownResourceStates.Running && FindProcess() is not null, s_limit, () => $"a process of {Name}; it is {State}\n{log}");
    }

    /// <summary>Stops it as the dashboard does.</summary>
    public async Task StopOnDashboardAsync()
    {
        var result = await app.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, TestContext.Current.CancellationToken);
        Assert.True(result.Success, $"The stop of {Name}: {result.Message}");
        await EndedAsync(s_limit);
    }

    /// <summary>Freezes it (SIGSTOP): connections stay open, nothing answers.</summary>
    public void Freeze() => Signals.Send(Id, Signals.Stop);

    /// <summary>Resumes a frozen process (SIGCONT).</summary>
    public void Thaw() => Signals.Send(Id, Signals.Continue);

    /// <summary>Follows its state and copies what it logs, until it is cancelled.</summary>
    public Task FollowAsync(CancellationToken cancellationToken) => Task.WhenAll(ReadStateAsync(cancellationToken), ReadLogAsync(cancellationToken));

    private async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in app.ResourceNotifications.WatchAsync(cancellationToken))
        {
            if (change.Resource == resource)
            {
                Volatile.Write(ref _snapshot, change.Snapshot);
            }
        }
    }

    private async Task ReadLogAsync(CancellationToken cancellationToken)
    {
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(resource).WithCancellation(cancellationToken))
        {
            foreach (var line in batch)
            {
                log.Write(Name, line.Content);
            }
        }
    }

    private Task EndedAsync(TimeSpan limit) => Eventually.TrueAsync(
        () => HasEnded, limit, () => $"the end of {Name}; it is {State}\n{log}");

    private int? FindProcess() =>
        Snapshot?.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is int wrapper
            ? ProcessTree.Descendants(wrapper).Where(id => ProcessTree.CommandLine(id).Contains("/Fleet.", StringComparison.Ordinal)).Select(id => (int?)id).FirstOrDefault()
            : null;
}
