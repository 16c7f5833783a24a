using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Bench.Serving;

/// <summary>One run of wrk.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="P99">99th percentile of the time to an answer, in milliseconds.</param>
internal sealed partial record Wrk(double RequestsPerSecond, double P99)
{
    /// <summary>Loads a URL from 64 connections.</summary>
    public static async Task<Wrk> RunAsync(string url, TimeSpan duration, string? header)
    {
        var arguments = new List<string> { "-t2", "-c64", $"-d{duration.TotalSeconds:0}s", "--latency", "-H", "Accept: text/html" };
        if (header is not null)
        {
            arguments.AddRange(["-H", header]);
        }

        using var wrk = Process.Start(new ProcessStartInfo("wrk", [.. arguments, url]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("wrk did not start.");
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Not every answer was good:\n{output}");
        }

        var p99 = P99Line().Match(output);
        var factor = p99.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
        return new(
            double.Parse(RateLine().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(p99.Groups[1].Value, CultureInfo.InvariantCulture) * factor);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RateLine();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex P99Line();
}
