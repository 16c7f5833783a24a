using Fleet.Garnet;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Registry;

/// <summary>One Garnet, as services embed it, for all contract suites. They run one after the other, each test from empty, and beside no other test: it
/// shares the threads of this process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GarnetCollection : ICollectionFixture<GarnetCollection.Server>
{
    public const string Name = "Garnet";

    public sealed class Server : IAsyncLifetime
    {
        private readonly int _port = FreePort.Take();
        private EmbeddedGarnet _garnet = null!;

        public string ConnectionString => $"127.0.0.1:{_port}";

        public async ValueTask InitializeAsync() =>
            _garnet = await EmbeddedGarnet.StartAsync(new() { Port = _port }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

        public ValueTask DisposeAsync() => _garnet.DisposeAsync();

        /// <summary>A connection to the emptied server.</summary>
        public async Task<RegistryUnderTest> ConnectAsync()
        {
            var registry = await RedisRegistryUnderTest.ConnectAsync(ConnectionString, TimeProvider.System);
            await registry.Database.ExecuteAsync("FLUSHALL");
            return registry;
        }
    }
}
