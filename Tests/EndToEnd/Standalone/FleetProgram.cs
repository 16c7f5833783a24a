using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Tests.Processes;

namespace Fleet.Tests.Standalone;

/// <summary>The program <c>fleet</c> as a process of its own.</summary>
internal sealed class FleetProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    // The dotnet that runs this process: three levels above its runtime, wherever that is installed.
    private static readonly string s_dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;

    private FleetProgram(ProcessStartInfo start, IReadOnlyDictionary<string, string>? environment = null)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _errors));
    }

    public int Id => _process.Id;

    /// <summary>What it wrote to standard output so far.</summary>
    public string Output => Text(_output);

    /// <summary>What it wrote to standard error so far.</summary>
    public string Errors => Text(_errors);

    /// <summary>Starts the program that was built with these tests.</summary>
    public static FleetProgram Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with variables of its environment.</summary>
    public static FleetProgram Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(new ProcessStartInfo(s_dotnet, [Path.Combine(AppContext.BaseDirectory, "Fleet.Standalone.dll"), .. arguments]), environment);

    /// <summary>Starts an installed program.</summary>
    public static FleetProgram StartInstalled(string path, params string[] arguments) => new(new ProcessStartInfo(path, arguments)
    {
        // The tool's own executable looks for a runtime where it is usually installed.
        Environment = { ["DOTNET_ROOT"] = Path.GetDirectoryName(s_dotnet) },
    });

    /// <summary>Starts any command of the SDK.</summary>
    public static FleetProgram StartDotnet(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(new ProcessStartInfo(s_dotnet, arguments) { WorkingDirectory = folder }, environment);

    /// <summary>Waits for a line of standard output.</summary>
    /// <param name="start">How it starts.</param>
    public async Task<string> LineAsync(string start)
    {
        await Eventually.TrueAsync(() => Find() is not null || _process.HasExited, s_limit, () => $"a line '{start}…'\n{this}");
        return Find() ?? throw new InvalidOperationException($"It ended without a line '{start}…'.\n{this}");

        string? Find() => Output.Split(Environment.NewLine).SkipLast(1).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit ?? s_limit);
        await _reading.WaitAsync(s_limit);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Signals.Send(Id, signal);

    /// <summary>Its children, their children, and so on.</summary>
    public IReadOnlyList<int> Descendants() => ProcessTree.Descendants(Id);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(s_limit);
        }

        _process.Dispose();
    }

    public override string ToString() => $"Standard output:\n{Output}\nStandard error:\n{Errors}";

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var length)
        {
            lock (text)
            {
                text.Append(buffer, 0, length);
            }
        }
    }
}
