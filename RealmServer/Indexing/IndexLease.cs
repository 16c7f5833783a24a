using Fleet.RealmServer.Reporting;
using Fleet.Registry;
using Fleet.Registry.Leases;

namespace Fleet.RealmServer.Indexing;

/// <summary>Which replica indexes. Two that do it for a moment do no harm, they only do it twice.</summary>
internal sealed partial class IndexLease(
    ILeases leases, RealmInstance instance, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger<IndexLease> logger)
    : HeartbeatService("the index lease", lifetime, timeProvider, logger)
{
    private const string Name = "index";

    private readonly ILogger _logger = logger;
    private volatile string? _holder;

    /// <summary>Raised when another replica holds it than before.</summary>
    public event Action? Changed;

    /// <summary>The replica that indexes, as far as this one knows; null before the first answer.</summary>
    public string? Holder => _holder;

    /// <summary>Whether this replica goes by that name.</summary>
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

    [LoggerMessage(LogLevel.Debug, "The replica {Holder} indexes.")]
    private static partial void LogHolder(ILogger logger, string holder);

    [LoggerMessage(LogLevel.Warning, "Could not give the index lease back; it runs out by itself. {Reason}")]
    private partial void LogStillHeld(string reason);
}
