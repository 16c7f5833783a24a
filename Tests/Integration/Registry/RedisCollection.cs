using Fleet.Tests.Processes;

namespace Fleet.Tests.Registry;

/// <summary>One redis-server for all contract suites. They run one after the other, each test from empty.</summary>
[CollectionDefinition(Name)]
public sealed class RedisCollection : ICollectionFixture<RedisCollection.Server>
{
    public const string Name = "Redis";

    public sealed class Server : IAsyncLifetime
    {
        private RedisServer? _redis;

        public string ConnectionString => _redis!.ConnectionString;

        public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

        public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;

        /// <summary>A connection to the emptied server.</summary>
        public async Task<RegistryUnderTest> ConnectAsync()
        {
            var registry = await RedisRegistryUnderTest.ConnectAsync(ConnectionString, TimeProvider.System);
            await registry.Database.ExecuteAsync("FLUSHALL");
            return registry;
        }
    }
}
