using Fleet.Garnet;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Fleet.Tests.Garnet;

/// <summary>A data folder, and a Garnet on it in this process.</summary>
public abstract class GarnetDataTestBase : IDisposable
{
    protected const int ValueBytes = 100_000;

    protected static TimeSpan Limit { get; } = TimeSpan.FromMinutes(2);

    protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("fleet-garnet-");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a value of each kind, which <see cref="AssertKeptAsync"/> expects.</summary>
    protected static async Task WriteAsync(IDatabase database)
    {
        await database.StringSetAsync("text", "v");
        await database.HashSetAsync("pages", "/a", "<p>");
        await database.SortedSetAddAsync("order", "/a", 7);
        await database.StringSetAsync("lease", "me", TimeSpan.FromHours(1));
    }

    protected static async Task AssertKeptAsync(IDatabase database)
    {
        Assert.Equal("v", await database.StringGetAsync("text"));
        Assert.Equal("<p>", await database.HashGetAsync("pages", "/a"));
        Assert.Equal(7, await database.SortedSetScoreAsync("order", "/a"));
        Assert.InRange((await database.KeyTimeToLiveAsync("lease"))!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Assert.Null(await database.KeyTimeToLiveAsync("text"));
    }

    protected static async Task OverwriteAsync(IDatabase database, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await database.HashSetAsync("large", i % 10, new byte[ValueBytes]);
        }
    }

    protected static async Task<long> LengthAsync(IDatabase database)
    {
        try
        {
            return await database.HashLengthAsync("large");
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            return -1;
        }
    }

    protected static Task<ConnectionMultiplexer> ConnectAsync(int port) =>
        ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false,connectTimeout=5000,asyncTimeout=20000");

    protected long FolderBytes() => Folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    private protected Task<RunningGarnet> StartAsync(long? rewriteAfterBytes = null) => StartAsync(Folder.FullName, rewriteAfterBytes);

    private protected static async Task<RunningGarnet> StartAsync(string? folder, long? rewriteAfterBytes = null)
    {
        var options = new EmbeddedGarnetOptions { Port = FreePort.Take(), DataFolder = folder };
        var garnet = await EmbeddedGarnet.StartAsync(
            rewriteAfterBytes is { } bytes ? options with { RewriteAfterBytes = bytes } : options, TimeProvider.System, NullLoggerFactory.Instance, Token);
        return new(garnet, await ConnectAsync(options.Port));
    }

    private protected sealed class RunningGarnet(EmbeddedGarnet garnet, ConnectionMultiplexer connection) : IAsyncDisposable
    {
        public ConnectionMultiplexer Connection => connection;

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            await garnet.DisposeAsync();
        }
    }
}
