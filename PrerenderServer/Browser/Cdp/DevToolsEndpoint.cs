using System.Globalization;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Finds the debugging socket of a Chromium that was started with <c>--remote-debugging-port=0</c>. Chromium writes the address to a file in its profile.</summary>
internal static class DevToolsEndpoint
{
    private const string FileName = "DevToolsActivePort";
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for the file and reads it. Throws <see cref="BrowserTimeoutException"/> after the deadline.</summary>
    public static async Task<Uri> ReadAsync(string profile, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(profile, FileName);
        var start = time.GetTimestamp();
        while (true)
        {
            if (File.Exists(path) && Parse(await File.ReadAllLinesAsync(path, cancellationToken)) is { } endpoint)
            {
                return endpoint;
            }

            if (time.GetElapsedTime(start) > deadline)
            {
                throw new BrowserTimeoutException($"Chromium did not write the address of its debugging socket to {path} within {deadline.TotalSeconds:0.#} s.");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }

    /// <summary>The address from the file's two lines, port and path; null if the file is incomplete.</summary>
    internal static Uri? Parse(IReadOnlyList<string> lines) =>
        lines is [var port, ['/', ..] path, ..] && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Uri($"ws://127.0.0.1:{number}{path}") : null;
}
