using System.Diagnostics;
using Fleet.AppHost.Local;

namespace Fleet.Tests.EndToEnd;

/// <summary>The AppHost as its user starts it, and all that it starts: found again by a variable that every child inherits.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Marker = "FLEET_TEST_RUN";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_guardPatience = TimeSpan.FromSeconds(30);

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly RecordedOutput _output = new();
    private readonly List<string> _lines = [];
    private readonly Process _process;
    private readonly Task _reading;

    private AppHostProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Executables.Dotnet, [Path.Combine(AppContext.BaseDirectory, "Fleet.AppHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment[Marker] = _run;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    public int Id => _process.Id;

    /// <summary>Starts it on free ports with one prerender server, unless the arguments say otherwise.</summary>
    public static AppHostProcess Start(params string[] arguments) => new(
        [
            "--Fleet:Ports:Redis=0", "--Fleet:Ports:Realm=0", "--Fleet:Ports:Manager=0", "--Fleet:Ports:Prerender=0", "--Fleet:PrerenderServers=1",
            .. arguments,
        ]);

    /// <summary>Waits for a line that holds the text.</summary>
    public async Task<string> LineAsync(string text)
    {
        await Eventually.TrueAsync(
            () => Find(text) is not null || _process.HasExited,
            s_limit,
            () => $"a line with '{text}' from the AppHost. It said:\n{_output}");
        return Find(text) ?? throw new InvalidOperationException($"The AppHost ended without a line with '{text}'. It said:\n{_output}");
    }

    /// <summary>The address in the table that it prints.</summary>
    public async Task<Uri> AddressAsync(string what)
    {
        await LineAsync("Ready in ");
        var row = await LineAsync($"  {what} ");
        return new Uri(row.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(word => word.StartsWith("http:", StringComparison.Ordinal)));
    }

    /// <summary>Waits for its end and gives exit code and everything it said.</summary>
    public async Task<(int ExitCode, string Said)> EndAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading.WaitAsync(TimeSpan.FromSeconds(5), limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (_process.ExitCode, _output.ToString());
    }

    /// <summary>Every process that it has started, directly or not, and that still runs.</summary>
    public IReadOnlyList<int> Descendants()
    {
        // redis-server writes its title over its environment, so it is known by the port that the AppHost's table names.
        var redis = Find("  redis  ")?.Split(' ')[^1];
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id != 0 && id != Id
                    && (Read(id, "environ").Contains($"{Marker}={_run}", StringComparison.Ordinal)
                        || (redis is not null && CommandLine(id).Contains($"redis-server {redis}", StringComparison.Ordinal)))),
        ];
    }

    /// <summary>The command line of a process; empty when it is gone.</summary>
    public static string CommandLine(int id) => Read(id, "cmdline").Replace('\0', ' ');

    /// <summary>Waits until no descendant is left.</summary>
    public Task NothingLeftAsync(TimeSpan limit) => Eventually.TrueAsync(
        () => Descendants().Count == 0,
        limit,
        () => $"no process left of this AppHost; there are:\n{string.Join('\n', Descendants().Select(id => $"{id} {CommandLine(id)}"))}\nIt said:\n{_output}");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        // Its own guard ends what it has started; what is left after a failed test is ended here.
        var patience = Stopwatch.StartNew();
        while (Descendants().Count > 0 && patience.Elapsed < s_guardPatience)
        {
            await Task.Delay(50);
        }

        foreach (var id in Descendants())
        {
            Signals.Send(id, Signals.Kill);
        }

        _process.Dispose();
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private string? Find(string text)
    {
        lock (_lines)
        {
            return _lines.Find(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }

            _output.Write("apphost", line);
        }
    }
}
