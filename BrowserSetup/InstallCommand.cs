using System.ComponentModel;
using System.Diagnostics;

namespace Fleet.BrowserSetup;

/// <summary>Runs an install command, reports its progress, and kills it after a timeout.</summary>
internal sealed class InstallCommand(Action<string> report, TimeProvider time)
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(2);
    private const int MaxLineLength = 100;

    /// <summary>Runs the command.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">Timeout of the command.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    /// <returns>Null on success, else the reason in one line.</returns>
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
        var startedAt = time.GetTimestamp();
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
            report($"  done in {time.GetElapsedTime(startedAt).TotalSeconds:0} s");
            return null;
        }

        return $"{commandLine} failed with exit code {process.ExitCode}: {progress.ErrorLine}";
    }

    private static async Task ReadAsync(StreamReader reader, Progress progress, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            progress.Add(line.Trim());
        }
    }

    /// <summary>Reports at most one line every two seconds.</summary>
    private sealed class Progress(Action<string> report, TimeProvider time)
    {
        private readonly Lock _gate = new();
        private readonly long _startedAt = time.GetTimestamp();
        private long _reportedAt = time.GetTimestamp();
        private string _lastLine = "";
        private string? _error;

        /// <summary>The last error line, else the last line of output.</summary>
        public string ErrorLine => _error ?? _lastLine;

        public void Add(string line)
        {
            if (line.Length == 0)
            {
                return;
            }

            lock (_gate)
            {
                _lastLine = line;
                if (line.StartsWith("E:", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.OrdinalIgnoreCase))
                {
                    _error = line;
                }

                if (time.GetElapsedTime(_reportedAt) < s_reportInterval)
                {
                    return;
                }

                _reportedAt = time.GetTimestamp();
                report($"  {time.GetElapsedTime(_startedAt).TotalSeconds,3:0} s  {(line.Length > MaxLineLength ? line[..MaxLineLength] : line)}");
            }
        }
    }
}
