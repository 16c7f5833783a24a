namespace Fleet.AppHost.Local;

/// <summary>A fleet that runs, as processes or in this one.</summary>
internal interface IRunningFleet : IAsyncDisposable
{
    /// <summary>What runs where.</summary>
    Topology Topology { get; }

    /// <summary>Its processes by resource, as they are now; none for what runs in this one.</summary>
    IReadOnlyDictionary<string, int> ProcessIds { get; }

    /// <summary>Drains and stops. A cancelled token cuts the draining short.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
