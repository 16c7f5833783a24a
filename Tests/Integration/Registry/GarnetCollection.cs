using Fleet.Garnet;

namespace Fleet.Tests.Registry;

/// <summary>One Garnet, as services embed it, for all contract suites. They run one after the other, each test from empty, and beside no other test: it
/// shares the threads of this process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GarnetCollection : ICollectionFixture<GarnetCollection.Server>
{
    public const string Name = "Garnet";

    public sealed class Server : IDisposable
    {
        private readonly EmbeddedGarnet _garnet;
        private readonly int _port = FreePort.Take();

        public Server() => _garnet = EmbeddedGarnet.Start(_port);

        public void Dispose() => _garnet.Dispose();

        /// <summary>A connection to the emptied server.</summary>
        public async Task<RegistryUnderTest> ConnectAsync()
        {
            var registry = await RedisRegistryUnderTest.ConnectAsync($"127.0.0.1:{_port}", TimeProvider.System);
            await registry.Database.ExecuteAsync("FLUSHALL");
            return registry;
        }
    }
}
