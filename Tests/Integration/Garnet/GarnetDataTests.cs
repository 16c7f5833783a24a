using System.Net.Sockets;
using Fleet.Garnet;
using Fleet.ServiceDefaults;
using Fleet.Tests.Rendering;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Fleet.Tests.Garnet;

/// <summary>The data folder of the embedded Garnet: what it keeps, and its size.</summary>
[Collection(Registry.GarnetCollection.Name)]
public sealed class GarnetDataTests : GarnetDataTestBase
{
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
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(Folder.FullName, "lock")));

        var error = Assert.Throws<StartException>(() => DataFolder.Open(Folder.FullName));

        Assert.StartsWith($"The data folder '{Folder.FullName}' cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NewFolder_IsAccessibleToItsOwnerOnly()
    {
        var path = Path.Combine(Folder.FullName, "new");
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
        await Eventually.TrueAsync(() => FolderBytes() > 10_000_000, Limit, () => "the log committed");

        // The file is missing while it is rewritten.
        await Eventually.TrueAsync(() => FolderBytes() < 5_000_000, Limit, () => $"the log of {FolderBytes()} bytes rewritten");
        await Eventually.TrueAsync(async () => await LengthAsync(database) == 10, Limit, () => "all entries there again");

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
        var options = new EmbeddedGarnetOptions { Port = FreePort.Take(), DataFolder = Path.Combine(Folder.FullName, "data") };
        await using var garnet = await EmbeddedGarnet.StartAsync(options, clock, loggers, Token);
        await using var connection = await ConnectAsync(options.Port);
        await connection.GetDatabase().StringSetAsync("text", "v");

        // In one step: Garnet may create a file while a folder is deleted.
        Directory.Move(options.DataFolder, Path.Combine(Folder.FullName, "moved"));
        for (var checks = 1; checks <= 3; checks++)
        {
            await Eventually.TrueAsync(() => clock.TimersArmed > 0 || garnet.Completion.IsCompleted, () => "the next check");
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        await Eventually.TrueAsync(() => clock.TimersArmed > 0 || garnet.Completion.IsCompleted, () => "the end of the last check");
        Assert.False(garnet.Completion.IsCompleted, $"It ended: {garnet.Completion.Exception}");
        Assert.Equal("v", await connection.GetDatabase().StringGetAsync("text"));
        Assert.Equal("The data folder cannot be read, so what is stored from now on may be lost at the next start.", garnet.Problem);
        Assert.Single(log.Lines, line => line.Contains("cannot be read, so what is stored from now on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kill_WhileTheLogIsRewritten_StartsWithTheOldOne()
    {
        await using (var garnet = await StartAsync())
        {
            await garnet.Connection.GetDatabase().StringSetAsync("text", "v");
        }

        // An interrupted rewrite leaves an incomplete log.
        Directory.CreateDirectory(Path.Combine(Folder.FullName, "log-2.new", "AOF"));
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "log-2.new", "AOF", "aof.log.0"), "half", Token);

        await using var restarted = await StartAsync();

        Assert.Equal("v", await restarted.Connection.GetDatabase().StringGetAsync("text"));
        Assert.False(Directory.Exists(Path.Combine(Folder.FullName, "log-2.new")));
    }

    [Fact]
    public async Task Start_FolderInUse_SaysSoAndLeavesItAlone()
    {
        await using var first = await StartAsync();

        var error = await Assert.ThrowsAsync<StartException>(() => StartAsync());

        Assert.Equal($"The data folder '{Folder.FullName}' is in use by another process. Stop that process, or name another folder.", error.Message);
        await first.Connection.GetDatabase().StringSetAsync("still", "there");
    }

    [Fact]
    public async Task Start_FolderIsAFile_NamesIt()
    {
        var file = Path.Combine(Folder.FullName, "file");
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
}
