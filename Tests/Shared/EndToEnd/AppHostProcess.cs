using System.Diagnostics;
using Fleet.Tests.Docs;
using Fleet.Tests.Processes;

namespace Fleet.Tests.EndToEnd;

/// <summary>The AppHost as a user starts it, and all processes that it starts: services are found by a variable that they inherit, and browsers, which inherit none, by the folder of
/// their profiles.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Marker = "FLEET_TEST_RUN";
    private const string Source = "apphost";
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_cleanupLimit = TimeSpan.FromSeconds(30);

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly DirectoryInfo _profiles = Directory.CreateTempSubdirectory("fleet-run-");
    private readonly FleetLog _log = new();
    private readonly Process _process;
    private readonly Task _reading;

    private AppHostProcess(IEnumerable<string> command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. command, $"--Browser:ProfileRoot={_profiles.FullName}", "--Fleet:Ports:Redis=0", "--Fleet:Ports:Realm=0", "--Fleet:Ports:Manager=0",
            "--Fleet:Ports:Prerender=0", "--Fleet:PrerenderServers=1", .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(Repository.File("Fleet.sln")),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        foreach (var variable in (string[])["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"])
        {
            start.Environment[variable] = FreePort.TakeAddress().GetLeftPart(UriPartial.Authority);
        }

        start.Environment[Marker] = _run;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    /// <summary>Id of the started process: <c>dotnet run</c> after <see cref="Run"/>, the AppHost after <see cref="Start"/>.</summary>
    public int Id => _process.Id;

    /// <summary>After <see cref="Run"/>: id of the AppHost, a child of <c>dotnet run</c>.</summary>
    public int ChildId => Descendants().Single(id => ProcessTree.CommandLine(id).Contains("/Fleet.AppHost ", StringComparison.Ordinal));

    /// <summary>Starts it as the README says, but without a build and without the launch profile, whose ports another AppHost of this machine may use. It has free ports and one prerender
    /// server, unless the arguments set others.</summary>
    public static AppHostProcess Run(params string[] arguments) =>
        new(["run", "--no-build", "--configuration", Configuration, "--no-launch-profile", "--project", "AppHost", "--"], arguments);

    /// <summary>As <see cref="Run"/>, but starts the built program itself.</summary>
    public static AppHostProcess Start(params string[] arguments) => new([Repository.File($"artifacts/bin/AppHost/{Configuration.ToLowerInvariant()}/Fleet.AppHost.dll")], arguments);

    /// <summary>Waits for a line that holds the text.</summary>
    public async Task<string> LineAsync(string text)
    {
        await Eventually.TrueAsync(() => Find(text) is not null || _process.HasExited, s_limit, () => $"a line with '{text}' from the AppHost. Its output:\n{_log}");
        return Find(text) ?? throw new InvalidOperationException($"The AppHost ended without a line with '{text}'. Its output:\n{_log}");
    }

    /// <summary>The row of a resource in the table that it prints, without its name.</summary>
    public async Task<string[]> RowAsync(string resource)
    {
        await LineAsync("Ready after ");
        return (await LineAsync($"  {resource} ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    /// <summary>Waits for its end and returns exit code and output.</summary>
    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        await Eventually.TrueAsync(() => _process.HasExited, s_limit, () => $"the end of the AppHost. There are:\n{ProcessesLeft()}\nIts output:\n{_log}");
        await _reading.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (_process.ExitCode, _log.ToString());
    }

    /// <summary>Every process that it has started, directly or not, and that still runs.</summary>
    public IReadOnlyList<int> Descendants() =>
        [.. ProcessTree.All().Where(id => id != Id && (ProcessTree.Read(id, "environ").Contains($"{Marker}={_run}", StringComparison.Ordinal)
            || IsBrowser(ProcessTree.CommandLine(id))))];

    // Services get the folder too, but in their environment.
    private bool IsBrowser(string commandLine) => commandLine.Contains("--headless", StringComparison.Ordinal) && commandLine.Contains(_profiles.FullName, StringComparison.Ordinal);

    /// <summary>Waits until no descendant is left.</summary>
    public Task NothingLeftAsync(TimeSpan limit) => Eventually.TrueAsync(
        () => Descendants().Count == 0,
        limit,
        () => $"no process left of this AppHost. There are:\n{ProcessesLeft()}\nIts output:\n{_log}");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        // Its child processes end with it; those that are left after a failed test are ended here.
        var began = Stopwatch.GetTimestamp();
        while (Descendants().Count > 0 && Stopwatch.GetElapsedTime(began) < s_cleanupLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        foreach (var id in Descendants())
        {
            Signals.Send(id, Signals.Kill);
        }

        _process.Dispose();
        _profiles.Delete(recursive: true);
    }

    private string ProcessesLeft() => string.Join('\n', Descendants().Select(id => $"{id} {ProcessTree.CommandLine(id)}"));

    private string? Find(string text) => _log.Find(text).Select(found => found.Line).FirstOrDefault();

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _log.Write(Source, line);
        }
    }
}
