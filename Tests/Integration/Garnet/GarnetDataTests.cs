using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fleet.Garnet;
using Fleet.ServiceDefaults;
using Fleet.Tests.Processes;
using Fleet.Tests.Rendering;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Fleet.Tests.Garnet;

/// <summary>The data folder of the embedded Garnet: what it keeps, and its size.</summary>
[Collection(Registry.GarnetCollection.Name)]
public sealed class GarnetDataTests : IDisposable
{
    private const int ValueBytes = 100_000;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-garnet-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Stop_RightAfterAWrite_KeepsIt()
    {
        await using (var garnet = await StartAsync())
        {
            await WriteAsync(garnet.Connection.GetDatabase());
        }

        await using var restarted = await StartAsync();
        await AssertKeptAsync(restarted.Connection.GetDatabase());
    }

    [Fact]
    public void Open_LockThatCannotBeOpened_IsNotCalledInUse()
    {
        // Opening a socket fails with an error of its own, as every file of a read-only folder does.
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "lock")));

        var error = Assert.Throws<StartException>(() => DataFolder.Open(_folder.FullName));

        Assert.StartsWith($"The data folder '{_folder.FullName}' cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NewFolder_IsAccessibleToItsOwnerOnly()
    {
        var path = Path.Combine(_folder.FullName, "new");
        using var folder = DataFolder.Open(path);
        // Windows has no file modes.
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task Start_LogThatHasGrown_RewritesItAndKeepsEverything()
    {
        await using (var garnet = await StartAsync())
        {
            var database = garnet.Connection.GetDatabase();
            await WriteAsync(database);
            await OverwriteAsync(database, 100);
        }

        var before = FolderBytes();
        await using var restarted = await StartAsync(rewriteAfterBytes: 1_000_000);

        await AssertKeptAsync(restarted.Connection.GetDatabase());
        Assert.Equal(10, await restarted.Connection.GetDatabase().HashLengthAsync("large"));
        Assert.InRange(before, 9_000_000, long.MaxValue);
        Assert.InRange(FolderBytes(), 1_000_000, 3_000_000);
    }

    [Fact]
    public async Task Run_ManyOverwrites_BoundsTheFolderWhileItRuns()
    {
        await using var garnet = await StartAsync(rewriteAfterBytes: 5_000_000);
        var database = garnet.Connection.GetDatabase();
        await OverwriteAsync(database, 200);
        await Eventually.TrueAsync(() => FolderBytes() > 10_000_000, s_limit, () => "the log committed");

        // The file is missing while it is rewritten.
        await Eventually.TrueAsync(() => FolderBytes() < 5_000_000, s_limit, () => $"the log of {FolderBytes()} bytes rewritten");
        await Eventually.TrueAsync(async () => await LengthAsync(database) == 10, s_limit, () => "all entries there again");

        await database.StringSetAsync("after", "v");
        await garnet.DisposeAsync();
        await using var restarted = await StartAsync();
        Assert.Equal("v", await restarted.Connection.GetDatabase().StringGetAsync("after"));
        Assert.Equal(10, await restarted.Connection.GetDatabase().HashLengthAsync("large"));
    }

    [Fact]
    public async Task Run_FolderIsDeleted_GoesOnFromMemoryAndSaysSoOnce()
    {
        var (clock, log) = (new VirtualTimeProvider(), new LogRecorder());
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        var options = new EmbeddedGarnetOptions { Port = FreePort.Take(), DataFolder = Path.Combine(_folder.FullName, "data") };
        await using var garnet = await EmbeddedGarnet.StartAsync(options, clock, loggers, Token);
        await using var connection = await ConnectAsync(options.Port);
        await connection.GetDatabase().StringSetAsync("text", "v");

        Directory.Delete(options.DataFolder, recursive: true);
        for (var checks = 1; checks <= 3; checks++)
        {
            await Eventually.TrueAsync(() => clock.TimersArmed > 0 || garnet.Completion.IsCompleted, () => "the next check");
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        await Eventually.TrueAsync(() => clock.TimersArmed > 0 || garnet.Completion.IsCompleted, () => "the end of the last check");
        Assert.False(garnet.Completion.IsCompleted, $"It ended: {garnet.Completion.Exception}");
        Assert.Equal("v", await connection.GetDatabase().StringGetAsync("text"));
        Assert.Single(log.Lines, line => line.Contains("cannot be read, so what is stored from now on", StringComparison.Ordinal));
    }

    /// <summary>A limit of the size of files is to the log what a full disk is.</summary>
    [Fact]
    public async Task Run_LogCannotBeWritten_GoesOnFromMemoryAndWritesItAgainWhenItCan()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no limit of the size of files.");
        var port = FreePort.Take();
        await using (var process = Launch(port))
        {
            await using var connection = await ConnectAsync(port);
            var database = connection.GetDatabase();
            await Eventually.TrueAsync(async () => await LengthAsync(database) >= 0, s_limit, () => "Garnet answers");
            await WriteAsync(database);
            // Less than what is stored needs.
            await FileSizeLimit.SetAsync(process.Id, 500_000);
            await OverwriteAsync(database, 30);
            await process.ReadUntilAsync("cannot be written, so what is stored from now on is in memory only");
            await Eventually.TrueAsync(async () => await LengthAsync(database) == 10, s_limit, () => "Garnet answers without a log");

            // Much more than the buffer of a log.
            await OverwriteAsync(database, 2_000);
            await AssertKeptAsync(database);
            Assert.InRange(FolderBytes(), 0, 2_000_000);

            await FileSizeLimit.SetAsync(process.Id, null);
            await Eventually.TrueAsync(() => Directory.Exists(Path.Combine(_folder.FullName, "log-2")), s_limit, () => $"a new log in {string.Join(", ", _folder.EnumerateFileSystemInfos())}");
            await Eventually.TrueAsync(async () => await LengthAsync(database) == 10, s_limit, () => "Garnet answers with the new log");
            await process.KillAsync();
        }

        await using var restarted = await StartAsync();
        await AssertKeptAsync(restarted.Connection.GetDatabase());
        Assert.Equal(10, await restarted.Connection.GetDatabase().HashLengthAsync("large"));
    }

    [Fact]
    public async Task Kill_WhileItWrites_KeepsAllButTheLastSecond()
    {
        for (var round = 0; round < 2; round++)
        {
            var port = FreePort.Take();
            var before = DateTimeOffset.MinValue;
            await using (var process = Launch(port))
            {
                await using var connection = await ConnectAsync(port);
                var database = connection.GetDatabase();
                await Eventually.TrueAsync(async () => await LengthAsync(database) >= 0, s_limit, () => "Garnet answers");
                var watch = Stopwatch.StartNew();
                long written = 0;
                // A thousand writes a second: reading the log takes many times longer than writing it.
                using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
                while (watch.Elapsed < TimeSpan.FromSeconds(3) && await pace.WaitForNextTickAsync(Token))
                {
                    // Small enough for the log not to be rewritten meanwhile.
                    await database.HashSetAsync("large", written % 10, new byte[1_000]);
                    await database.StringSetAsync("seconds", watch.Elapsed.TotalSeconds);
                    written++;
                }

                await process.KillAsync();
            }

            await using var restarted = await StartAsync();
            var kept = (double)await restarted.Connection.GetDatabase().StringGetAsync("seconds");
            // A commit each second, and the time that it takes on a busy machine.
            Assert.InRange(kept, 0.5, 4);
            Assert.Equal(10, await restarted.Connection.GetDatabase().HashLengthAsync("large"));
        }
    }

    [Fact]
    public async Task Kill_WhileTheLogIsRewritten_StartsWithTheOldOne()
    {
        await using (var garnet = await StartAsync())
        {
            await garnet.Connection.GetDatabase().StringSetAsync("text", "v");
        }

        // An interrupted rewrite leaves an incomplete log.
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "log-2.new", "AOF"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "log-2.new", "AOF", "aof.log.0"), "half", Token);

        await using var restarted = await StartAsync();

        Assert.Equal("v", await restarted.Connection.GetDatabase().StringGetAsync("text"));
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "log-2.new")));
    }

    [Fact]
    public async Task Start_FolderInUse_SaysSoAndLeavesItAlone()
    {
        await using var first = await StartAsync();

        var error = await Assert.ThrowsAsync<StartException>(() => StartAsync());

        Assert.Equal($"The data folder '{_folder.FullName}' is in use by another process. Stop that process, or name another folder.", error.Message);
        await first.Connection.GetDatabase().StringSetAsync("still", "there");
    }

    [Fact]
    public async Task Start_FolderIsAFile_NamesIt()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "", Token);

        var error = await Assert.ThrowsAsync<StartException>(() => StartAsync(folder: file));

        Assert.StartsWith($"The data folder '{file}' cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_MoreThanTheOldMemoryLimit_EvictsNothing()
    {
        await using var garnet = await StartAsync(folder: null);
        var database = garnet.Connection.GetDatabase();
        await database.HashSetAsync("fleet:host-shell", "token", "t");

        for (var i = 0; i < 3_500; i++)
        {
            await database.StringSetAsync($"page-{i}", new byte[ValueBytes]);
        }

        Assert.Equal("t", await database.HashGetAsync("fleet:host-shell", "token"));
    }

    [Theory]
    [InlineData(24L * 1024 * 1024 * 1024, 12 * 1024)]
    [InlineData(1024L * 1024 * 1024, 512)]
    [InlineData(300L * 1024 * 1024, 256)]
    public void MemoryMegabytes_Available_IsHalfOfItAndAtLeast256(long available, long expected) =>
        Assert.Equal(expected, GarnetInstance.MemoryMegabytes(available));

    /// <summary>Writes a value of each kind, which <see cref="AssertKeptAsync"/> expects.</summary>
    private static async Task WriteAsync(IDatabase database)
    {
        await database.StringSetAsync("text", "v");
        await database.HashSetAsync("pages", "/a", "<p>");
        await database.SortedSetAddAsync("order", "/a", 7);
        await database.StringSetAsync("lease", "me", TimeSpan.FromHours(1));
    }

    private static async Task AssertKeptAsync(IDatabase database)
    {
        Assert.Equal("v", await database.StringGetAsync("text"));
        Assert.Equal("<p>", await database.HashGetAsync("pages", "/a"));
        Assert.Equal(7, await database.SortedSetScoreAsync("order", "/a"));
        Assert.InRange((await database.KeyTimeToLiveAsync("lease"))!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Assert.Null(await database.KeyTimeToLiveAsync("text"));
    }

    private static async Task OverwriteAsync(IDatabase database, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await database.HashSetAsync("large", i % 10, new byte[ValueBytes]);
        }
    }

    private static async Task<long> LengthAsync(IDatabase database)
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

    private static Task<ConnectionMultiplexer> ConnectAsync(int port) =>
        ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false,connectTimeout=5000,asyncTimeout=20000");

    private long FolderBytes() => _folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    private Task<RunningGarnet> StartAsync(long? rewriteAfterBytes = null) => StartAsync(_folder.FullName, rewriteAfterBytes);

    private static async Task<RunningGarnet> StartAsync(string? folder, long? rewriteAfterBytes = null)
    {
        var options = new EmbeddedGarnetOptions { Port = FreePort.Take(), DataFolder = folder };
        var garnet = await EmbeddedGarnet.StartAsync(
            rewriteAfterBytes is { } bytes ? options with { RewriteAfterBytes = bytes } : options, TimeProvider.System, NullLoggerFactory.Instance, Token);
        return new(garnet, await ConnectAsync(options.Port));
    }

    private GarnetProcess Launch(int port)
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var start = FileSizeLimit.Start(dotnet, Path.Combine(AppContext.BaseDirectory, "Fleet.Garnet.dll"));
        start.RedirectStandardOutput = true;
        start.Environment["Garnet__Port"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["Garnet__Data"] = _folder.FullName;
        return new(Process.Start(start)!);
    }

    private sealed class RunningGarnet(EmbeddedGarnet garnet, ConnectionMultiplexer connection) : IAsyncDisposable
    {
        public ConnectionMultiplexer Connection => connection;

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            await garnet.DisposeAsync();
        }
    }

    private sealed class GarnetProcess(Process process) : IAsyncDisposable
    {
        public int Id => process.Id;

        public async Task ReadUntilAsync(string text)
        {
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(s_limit, Token);
                Assert.NotNull(line);
            }
            while (!line.Contains(text, StringComparison.Ordinal));
        }

        public async Task KillAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(s_limit);
        }

        public async ValueTask DisposeAsync()
        {
            await KillAsync();
            process.Dispose();
        }
    }
}
