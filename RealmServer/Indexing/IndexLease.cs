using Fleet.Registry.Reporting;
using Fleet.Registry.Services;
using Fleet.Registry;
using Fleet.Registry.Leases;

namespace Fleet.RealmServer.Indexing;

/// <summary>The lease of the replica that indexes. Two holders for a moment do no harm; they only render pages twice.</summary>
internal sealed partial class IndexLease(
    ILeases leases, ServiceInstance instance, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger<IndexLease> logger)
    : HeartbeatService("the index lease", lifetime, timeProvider, logger)
{
    private const string Name = "index";

    private readonly ILogger _logger = logger;
    private volatile string? _holder;

    /// <summary>Raised when the holder changes.</summary>
    public event Action? Changed;

    /// <summary>The holder of the lease as of the latest report; null before the first.</summary>
    public string? Holder => _holder;

    /// <summary>Whether <paramref name="holder"/> is this replica.</summary>
    public bool IsMine(string holder) => holder == instance.Name;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await leases.ReleaseAsync(Name, instance.Name, cancellationToken);
        }
        catch (RegistryUnavailableException e)
        {
            LogStillHeld(e.Message);
        }
    }

    protected override async Task SendAsync(CancellationToken cancellationToken)
    {
        var holder = await leases.HoldAsync(Name, instance.Name, RegistryTtl.Serving, cancellationToken);
        if (holder != _holder)
        {
            _holder = holder;
            LogHolder(_logger, holder);
            Changed?.Invoke();
        }
    }

    [LoggerMessage(LogLevel.Debug, "Replica {Holder} holds the index lease.")]
    private static partial void LogHolder(ILogger logger, string holder);

    [LoggerMessage(LogLevel.Warning, "Could not release the index lease; it expires. {Reason}")]
    private partial void LogStillHeld(string reason);
}
