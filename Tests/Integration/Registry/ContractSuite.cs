namespace Fleet.Tests.Registry;

/// <summary>The contract of both registries. Each suite runs once per registry, so that both behave the same.</summary>
public abstract class ContractSuite : IAsyncLifetime
{
    private RegistryUnderTest? _registry;

    protected RegistryUnderTest Registry => _registry!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _registry = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Registry.DisposeAsync();
    }

    protected abstract Task<RegistryUnderTest> StartAsync();
}
