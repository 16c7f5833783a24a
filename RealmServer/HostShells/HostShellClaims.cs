using Fleet.Registry.Reporting;
using Fleet.Registry.Services;
using Fleet.Registry.HostShells;

namespace Fleet.RealmServer.HostShells;

/// <summary>Claims the served shell for the fleet. The claim is repeated as the heartbeat that says this replica serves the shell.</summary>
internal sealed partial class HostShellClaims(
    HostShellFile file, IHostShellStore store, ServiceInstance instance, IHostApplicationLifetime lifetime, TimeProvider timeProvider,
    ILogger<HostShellClaims> logger)
    : HeartbeatService("the host shell", lifetime, timeProvider, logger)
{
    private readonly ILogger _logger = logger;
    private volatile Contracts.HostShell? _fleetShell;

    /// <summary>Raised after a claim shows that the fleet's shell changed. Handlers must only set a signal and do the work elsewhere.</summary>
    public event Action? FleetShellChanged;

    /// <summary>The fleet's current shell as of the latest claim; null before the first.</summary>
    public Contracts.HostShell? FleetShell => _fleetShell;

    /// <summary>Makes the served shell current, regardless of which shell is current now.</summary>
    public Task<ClaimResult> ForceAsync(CancellationToken cancellationToken) =>
        ReportAsync(token => ClaimAsync(force: true, token), cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await store.StopServingAsync(instance.Name, cancellationToken);
        }
        catch (Exception e)
        {
            LogStillServing(instance.Name, e.Message);
        }
    }

    protected override Task SendAsync(CancellationToken cancellationToken) => ClaimAsync(force: false, cancellationToken);

    private async Task<ClaimResult> ClaimAsync(bool force, CancellationToken cancellationToken)
    {
        var served = file.Current;
        var result = await store.ClaimAsync(new(served.Token, instance.Name, served.BuiltAt, force), cancellationToken);
        var known = _fleetShell;
        _fleetShell = result.Current;
        if (result.Changed)
        {
            LogClaimed(result.Current.Token, result.Current.Generation);
        }

        if (known?.Generation != result.Current.Generation)
        {
            if (result.Current.Token != served.Token)
            {
                LogNotCurrent(served.Token, result.Current.Token, result.Current.Reporter);
            }

            FleetShellChanged?.Invoke();
        }

        return result;
    }

    [LoggerMessage(LogLevel.Information, "Host shell {Token} is now the fleet's current shell, generation {Generation}.")]
    private partial void LogClaimed(string token, long generation);

    [LoggerMessage(LogLevel.Information, "This replica serves shell {Token}, but the fleet's current shell is {FleetToken}, claimed by {Reporter}: a deploy is rolling, or the other shell is newer.")]
    private partial void LogNotCurrent(string token, string fleetToken, string reporter);

    [LoggerMessage(LogLevel.Warning, "Could not withdraw {Instance} from the registry; its entry expires. {Reason}")]
    private partial void LogStillServing(string instance, string reason);
}
