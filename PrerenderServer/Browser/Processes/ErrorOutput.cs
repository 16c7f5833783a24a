using System.Text;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Reads what a browser writes to its standard error, so that it never blocks on it, and keeps the start for the error message of a failed launch.</summary>
internal sealed class ErrorOutput
{
    private const int MaxKeptBytes = 16 * 1024;
    private const int MaxLineLength = 300;
    private static readonly TimeSpan s_endDeadline = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly byte[] _kept = new byte[MaxKeptBytes];
    private readonly Task _reading;
    private int _length;

    public ErrorOutput(Stream stream)
    {
        _stream = stream;
        _reading = ReadAsync();
    }

    /// <summary>Waits at most 1 s for the end of the output, which comes with the exit of the browser and its children, and returns the line that says why it failed; null
    /// if it wrote nothing.</summary>
    public async Task<string?> ReasonAsync(TimeProvider time)
    {
        await _reading.WaitAsync(s_endDeadline, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ReasonIn(Encoding.UTF8.GetString(_kept, 0, Volatile.Read(ref _length)));
    }

    /// <summary>The line that says why a browser failed: the first that Chromium marks as fatal, else the first; null if there is none.</summary>
    internal static string? ReasonIn(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (Array.Find(lines, line => line.Contains(":FATAL:", StringComparison.Ordinal)) ?? lines.FirstOrDefault()) is { } line
            ? line[..Math.Min(line.Length, MaxLineLength)] : null;
    }

    private async Task ReadAsync()
    {
        try
        {
            // Chromium writes the console messages of pages here, and blocks while the pipe is full.
            var rest = new byte[64 * 1024];
            while (true)
            {
                var target = _length < MaxKeptBytes ? _kept.AsMemory(_length) : rest;
                var count = await _stream.ReadAsync(target);
                if (count == 0)
                {
                    return;
                }

                Volatile.Write(ref _length, Math.Min(_length + count, MaxKeptBytes));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The browser has exited, or its start was abandoned.
        }
    }
}
