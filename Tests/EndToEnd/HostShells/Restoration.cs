namespace Fleet.Tests.HostShells;

/// <summary>Restores the fleet when a test ends.</summary>
internal sealed class Restoration(Func<Task> restore) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await restore();
}
