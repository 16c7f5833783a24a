using System.Globalization;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Where a Chromium that was started with <c>--remote-debugging-port=0</c> listens. It says so in a file of its profile.</summary>
internal static class DevToolsEndpoint
{
    private const string FileName = "DevToolsActivePort";
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for the file and reads it.</summary>
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
                throw new BrowserTimeoutException($"Chromium did not say in {path}, within {deadline.TotalSeconds:0.#} s, where its debugging socket is.");
            }

            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    /// <summary>The address in the file's two lines, port and path; null while it is being written.</summary>
    internal static Uri? Parse(IReadOnlyList<string> lines) =>
        lines is [var port, ['/', ..] path, ..] && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Uri($"ws://127.0.0.1:{number}{path}") : null;
}
