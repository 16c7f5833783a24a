namespace Fleet.Tests.Manager;

/// <summary>A manager with one fake prerender server, whose answers the test defines.</summary>
public abstract class OneServerTestBase : IAsyncLifetime
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ManagerUnderTest Manager { get; private set; } = null!;

    private protected FakeServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Manager = await ManagerUnderTest.StartAsync();
        Server = await Manager.AddServerAsync("prerender-0");
    }

    public async ValueTask DisposeAsync()
    {
        await Manager.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
