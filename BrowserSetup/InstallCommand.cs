using System.ComponentModel;
using System.Diagnostics;

namespace Fleet.BrowserSetup;

/// <summary>Runs an installing command, shows that it moves, and stops it when it takes too long.</summary>
internal sealed class InstallCommand(Action<string> report, TimeProvider time)
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(2);
    private const int WidestLine = 100;

    /// <summary>Runs it.</summary>
    /// <param name="program">The command.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null when it succeeded, else why it did not, in one line.</returns>
    public async Task<string?> RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        var commandLine = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        report($"Running {commandLine}");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        start.Environment["LC_ALL"] = "C.UTF-8";

        using var timeout = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            return await FollowAsync(process, commandLine, linked.Token);
        }
        catch (Win32Exception e)
        {
            return $"{commandLine}: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{commandLine} took longer than {limit.TotalMinutes:0} minutes";
        }
    }

    private async Task<string?> FollowAsync(Process process, string commandLine, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var progress = new Progress(report, time);
        try
        {
            await Task.WhenAll(
                ReadAsync(process.StandardOutput, progress, cancellationToken),
                ReadAsync(process.StandardError, progress, cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode == 0)
        {
            report($"  done in {time.GetElapsedTime(began).TotalSeconds:0} s");
            return null;
        }

        return $"{commandLine} failed with exit code {process.ExitCode}: {progress.Complaint}";
    }

    private static async Task ReadAsync(StreamReader reader, Progress progress, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            progress.Take(line.Trim());
        }
    }

    /// <summary>Condenses many lines to one every two seconds.</summary>
    private sealed class Progress(Action<string> report, TimeProvider time)
    {
        private readonly Lock _gate = new();
        private readonly long _began = time.GetTimestamp();
        private long _reported = time.GetTimestamp();
        private string _last = "";
        private string? _error;

        /// <summary>The line that says best what went wrong.</summary>
        public string Complaint => _error ?? _last;

        public void Take(string line)
        {
            if (line.Length == 0)
            {
                return;
            }

            lock (_gate)
            {
                _last = line;
                if (line.StartsWith("E:", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.OrdinalIgnoreCase))
                {
                    _error = line;
                }

                if (time.GetElapsedTime(_reported) < s_reportInterval)
                {
                    return;
                }

                _reported = time.GetTimestamp();
                report($"  {time.GetElapsedTime(_began).TotalSeconds,3:0} s  {(line.Length > WidestLine ? line[..WidestLine] : line)}");
            }
        }
    }
}
