using System.Diagnostics;
using System.Runtime.InteropServices;
using Fleet.Tests.Processes;

namespace Fleet.Tests.EndToEnd;

/// <summary>One more service beside a fleet, or without one: a process with the environment that the AppHost would give it.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    // The dotnet that runs this process: three levels above its runtime, wherever that is installed.
    private static readonly string s_dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Func<Process> _start;
    private readonly string _name;
    private readonly FleetLog _log;
    private Process _process;

    private ServiceProcess(string name, Uri address, FleetLog log, Func<Process> start)
    {
        (_name, Address, _log, _start) = (name, address, log, start);
        _process = start();
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a service on a free port, with the environment that the AppHost would give it, and waits until it is healthy.</summary>
    /// <param name="name">Its name: <c>realm-1</c>.</param>
    /// <param name="assembly">Its assembly, in the folder of this one.</param>
    /// <param name="fleet">The other services.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="log">Receives what it logs.</param>
    public static Task<ServiceProcess> StartAsync(string name, string assembly, Topology fleet, IEnumerable<KeyValuePair<string, string>> settings, FleetLog log)
    {
        var address = FreePort.TakeAddress();
        List<KeyValuePair<string, string>> environment =
        [
            new("ASPNETCORE_URLS", Text(address)), new("OTEL_SERVICE_NAME", name), new("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            new("Fleet__AdminKey", fleet.AdminKey), new("ConnectionStrings__redis", fleet.Redis), new("Fleet__StopNotice", "00:00:00"),
            new("services__realm__http__0", Text(fleet.Realm)), new("services__manager__http__0", Text(fleet.Manager)),
            .. settings.Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value)),
        ];
        return StartAsync(name, Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), address, environment, log);
    }

    /// <summary>Starts a service and waits until it is healthy.</summary>
    /// <param name="name">Its name: <c>realm-1</c>.</param>
    /// <param name="program">Full path of its assembly.</param>
    /// <param name="address">The address that its environment has it listen on.</param>
    /// <param name="environment">What its environment has besides that of this process.</param>
    /// <param name="log">Receives what it logs.</param>
    public static async Task<ServiceProcess> StartAsync(string name, string program, Uri address, IReadOnlyCollection<KeyValuePair<string, string>> environment, FleetLog log)
    {
        var service = new ServiceProcess(name, address, log, () => Launch(name, program, environment, log));
        try
        {
            await service.WaitUntilHealthyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the process, but not its children (SIGKILL), and waits for its end.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit);
    }

    /// <summary>Sends SIGTERM and waits for the end of the process.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int?> StopAsync(TimeSpan limit)
    {
        Signals.Send(Id, Signals.Terminate);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit);
        return _process.ExitCode;
    }

    /// <summary>Starts it again after its end, and waits until it is healthy.</summary>
    public async Task StartAsync()
    {
        _process.Dispose();
        _process = _start();
        await WaitUntilHealthyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(s_limit);
        }

        _process.Dispose();
        _client.Dispose();
    }

    /// <summary>An address as Aspire writes it: without the slash at the end.</summary>
    public static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static Process Launch(string name, string program, IEnumerable<KeyValuePair<string, string>> environment, FleetLog log)
    {
        var start = new ProcessStartInfo(s_dotnet, [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Log(string? line)
        {
            if (line is not null)
            {
                log.Write(name, line);
            }
        }
    }

    private Task WaitUntilHealthyAsync() => Eventually.TrueAsync(IsHealthyAsync, s_limit, () => $"{_name} healthy\n{_log}");

    private async Task<bool> IsHealthyAsync()
    {
        Assert.False(_process.HasExited, $"{_name} has ended.\n{_log}");
        try
        {
            using var response = await _client.GetAsync(new Uri(Address, "health"), TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
