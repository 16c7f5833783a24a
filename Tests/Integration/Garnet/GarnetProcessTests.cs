using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Fleet.Tests.Processes;

namespace Fleet.Tests.Garnet;

/// <summary>Garnet as a process of its own, which is killed or cannot write.</summary>
public sealed class GarnetProcessTests : GarnetDataTestBase
{
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
            await Eventually.TrueAsync(async () => await LengthAsync(database) >= 0, Limit, () => "Garnet answers");
            await WriteAsync(database);
            // Less than what is stored needs.
            await FileSizeLimit.SetAsync(process.Id, 500_000);
            await OverwriteAsync(database, 30);
            await process.ReadUntilAsync("cannot be written, so what is stored from now on is in memory only");
            await Eventually.TrueAsync(async () => await LengthAsync(database) == 10, Limit, () => "Garnet answers without a log");

            // Much more than the buffer of a log.
            await OverwriteAsync(database, 2_000);
            await AssertKeptAsync(database);
            Assert.InRange(FolderBytes(), 0, 2_000_000);

            await FileSizeLimit.SetAsync(process.Id, null);
            await Eventually.TrueAsync(() => Directory.Exists(Path.Combine(Folder.FullName, "log-2")), Limit, () => $"a new log in {string.Join(", ", Folder.EnumerateFileSystemInfos())}");
            await Eventually.TrueAsync(async () => await LengthAsync(database) == 10, Limit, () => "Garnet answers with the new log");
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
                await Eventually.TrueAsync(async () => await LengthAsync(database) >= 0, Limit, () => "Garnet answers");
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

    private GarnetProcess Launch(int port)
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var start = FileSizeLimit.Start(dotnet, Path.Combine(AppContext.BaseDirectory, "Fleet.Garnet.dll"));
        start.RedirectStandardOutput = true;
        start.Environment["Garnet__Port"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["Garnet__Data"] = Folder.FullName;
        return new(Process.Start(start)!);
    }

    private sealed class GarnetProcess(Process process) : IAsyncDisposable
    {
        public int Id => process.Id;

        public async Task ReadUntilAsync(string text)
        {
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Limit, Token);
                Assert.NotNull(line);
            }
            while (!line.Contains(text, StringComparison.Ordinal));
        }

        public async Task KillAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Limit);
        }

        public async ValueTask DisposeAsync()
        {
            await KillAsync();
            process.Dispose();
        }
    }
}
