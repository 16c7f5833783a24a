using System.Text.Json;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>A trace of a page's main thread: each task of at least a millisecond. A frame with its scripts, style, layout and paint is one task.</summary>
internal sealed class MainThreadTrace
{
    private readonly ICDPSession _session;
    private readonly List<JsonElement> _events = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MainThreadTrace(ICDPSession session)
    {
        _session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, data) =>
        {
            lock (_events)
            {
                _events.AddRange(data!.Value.GetProperty("value").EnumerateArray());
            }
        };
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => _complete.TrySetResult();
    }

    /// <summary>Starts to trace all pages of a browser.</summary>
    public static async Task<MainThreadTrace> StartAsync(IBrowser browser)
    {
        var trace = new MainThreadTrace(await browser.NewBrowserCDPSessionAsync());
        await trace._session.SendAsync("Tracing.start", new Dictionary<string, object>
        {
            ["transferMode"] = "ReportEvents",
            ["traceConfig"] = new { includedCategories = new[] { "disabled-by-default-devtools.timeline", "devtools.timeline", "blink.user_timing" } },
        });
        return trace;
    }

    /// <summary>Ends the trace. Returns the tasks of the thread that measured <paramref name="measure"/>: how long each took, and for how much of it the thread ran, in milliseconds.</summary>
    public async Task<List<(double Wall, double Cpu)>> EndAsync(string measure)
    {
        await _session.SendAsync("Tracing.end");
        await _complete.Task.WaitAsync(TimeSpan.FromSeconds(60));
        lock (_events)
        {
            var thread = _events.Where(entry => entry.GetProperty("name").GetString() == measure).Select(ThreadOf).First();
            return [.. _events.Where(entry => entry.GetProperty("name").GetString() == "RunTask" && entry.TryGetProperty("tdur", out _) && ThreadOf(entry) == thread)
                .Select(entry => (Wall: entry.GetProperty("dur").GetDouble() / 1000, Cpu: entry.GetProperty("tdur").GetDouble() / 1000))
                .Where(task => task.Wall >= 1)];
        }
    }

    private static (int Process, int Thread) ThreadOf(JsonElement entry) => (entry.GetProperty("pid").GetInt32(), entry.GetProperty("tid").GetInt32());
}
