namespace Fleet.Tests.HostShells;

/// <summary>Puts right at the end what a test has put wrong.</summary>
internal sealed class Afterwards(Func<Task> putRight) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await putRight();
}
