using System.Globalization;
using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A page that is driven over the browser's debugging socket. A render in the booted page is one call and one answer; the Network domain,
/// which costs throughput and makes the renderer grow, is on only while documents are loaded.</summary>
internal sealed partial class BrowserPage : IRenderPage
{
    private const int MaxCloses = 3;

    private readonly CdpContext _context;
    private readonly string _target;
    private readonly CdpSession _cdp;
    private readonly BrowserPageSettings _settings;
    private readonly DocumentLoad _loads = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isPaused;
    private string? _booted;
    private TaskCompletionSource<JsonElement?>? _pause;

    private BrowserPage(CdpContext context, string target, CdpSession cdp, BrowserPageSettings settings, Action crashed)
    {
        (_context, _target, _cdp, _settings) = (context, target, cdp, settings);
        Activity = new PageActivity(settings.Time);
        Activity.Watch(cdp);
        // The main frame has the name of its target.
        _loads.Watch(cdp, target);
        cdp.On("Debugger.paused", OnPaused);
        cdp.On("Debugger.resumed", _ => _isPaused = false);
        cdp.On("Page.javascriptDialogOpening", OnDialog);
        cdp.On("Fetch.requestPaused", OnRequestPaused);
        cdp.On("Target.detachedFromTarget", _ =>
        {
            EndAs(PageTermination.Closed);
            _gone.TrySetResult();
        });
        cdp.On("Inspector.targetCrashed", _ =>
        {
            EndAs(PageTermination.Crashed);
            crashed();
        });
    }

    public string? ShellToken { get; private set; }

    public HostCapabilities Host { get; private set; } = HostCapabilities.None;

    public bool OffersRender { get; private set; }

    public bool IsStandby => _booted is { } loader && loader == _loads.Current;

    public PageTermination End { get; private set; }

    public PageActivity Activity { get; }

    /// <summary>Opens a page in a context and boots the host app in it.</summary>
    public static async Task<BrowserPage> OpenAsync(CdpContext context, BrowserPageSettings settings, Action crashed, CancellationToken cancellationToken)
    {
        var (target, session) = await context.OpenPageAsync(settings.CallTimeout, cancellationToken);
        var opened = new BrowserPage(context, target, session, settings, crashed);
        try
        {
            // A page whose thread is busy for ever answers no 'enable'. So what will be asked of it then is enabled now.
            await Task.WhenAll(
                opened.CallAsync("Page.enable", null, cancellationToken),
                opened.CallAsync("Runtime.enable", null, cancellationToken),
                opened.CallAsync("Inspector.enable", null, cancellationToken),
                opened.CallAsync("Performance.enable", null, cancellationToken),
                opened.CallAsync("Debugger.enable", null, cancellationToken),
                opened.CallAsync("Emulation.setUserAgentOverride", p => p.WriteString("userAgent"u8, context.UserAgent), cancellationToken),
                opened.CallAsync("Emulation.setDeviceMetricsOverride", p => settings.WriteViewport(p, null), cancellationToken),
                // Only one page of a context is visible; the others would get no animation frames.
                opened.CallAsync("Emulation.setFocusEmulationEnabled", static p => p.WriteBoolean("enabled"u8, true), cancellationToken),
                opened.CallAsync("Page.addScriptToEvaluateOnNewDocument", static p => p.WriteString("source"u8, PageScripts.Start), cancellationToken));
            await opened.BootAsync(settings.BootTimeout, cancellationToken);
            return opened;
        }
        catch
        {
            // The slot may live on with its old page. This one must not, beside it, whoever gave up on it.
            await opened.TryCloseAsync(CancellationToken.None);
            throw;
        }
    }

    public async Task<JsonElement> EvaluateAsync(string expression, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var answer = await _cdp.CallAsync("Runtime.evaluate", p =>
        {
            p.WriteString("expression"u8, expression);
            p.WriteBoolean("awaitPromise"u8, true);
            p.WriteBoolean("returnByValue"u8, true);
        }, deadline, cancellationToken);
        if (answer.TryGetProperty("exceptionDetails", out var thrown))
        {
            var text = ConsoleText.OfException(thrown);
            throw new PageScriptException(BrowserCalls.FirstLine(text), text);
        }

        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    public async Task<TimeSpan> ComputedAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        TimeSpan.FromSeconds(await MetricAsync("ThreadTime", deadline, cancellationToken) ?? 0);

    public async Task<string?> PauseAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        // A page is paused once and then replaced. Who asks again, having been impatient, waits for the same pause.
        var asked = new TaskCompletionSource<JsonElement?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var paused = Interlocked.CompareExchange(ref _pause, asked, null) ?? asked;
        try
        {
            await _cdp.CallAsync("Debugger.pause", null, deadline, cancellationToken);
            var frames = await paused.Task.Within("pause", deadline, _settings.Time, cancellationToken);
            return frames is { } event_ && event_.TryGetProperty("callFrames", out var stack) ? JavaScriptStack.Describe(stack) : null;
        }
        catch (BrowserTimeoutException)
        {
            // No script ran that could be paused: the page waits for something.
            return null;
        }
    }

    public async Task TerminateAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        // Script is forbidden first, or what is terminated would be followed by the page's next task. None of the calls is awaited before all
        // are sent: a paused page confirms its end only after it was resumed.
        var disable = AllowScriptAsync(false, deadline, cancellationToken);
        var terminate = _cdp.CallAsync("Runtime.terminateExecution", null, deadline, cancellationToken);
        var resume = _isPaused
            ? _cdp.CallAsync("Debugger.resume", static p => p.WriteBoolean("terminateOnResume"u8, true), deadline, cancellationToken)
            : Task.CompletedTask;
        await Task.WhenAll(disable, terminate, resume);
    }

    public async Task<bool> AnswersAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _cdp.CallAsync("Runtime.evaluate", static p => p.WriteString("expression"u8, "1"u8), deadline, cancellationToken);
            return answer.TryGetProperty("result", out _) && !answer.TryGetProperty("exceptionDetails", out _);
        }
        catch (BrowserException)
        {
            return false;
        }
    }

    /// <summary>JavaScript heap and documents of the page in bytes; null when it did not tell in time.</summary>
    public async Task<long?> MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (long?)await MetricAsync("JSHeapTotalSize", _settings.ProbeTimeout, cancellationToken);
        }
        catch (BrowserException)
        {
            return null;
        }
    }

    /// <summary>Crashes the renderer. It cannot answer that; what confirms it is the page's end.</summary>
    public async Task CrashAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _cdp.CallAsync("Page.crash", null, _settings.ProbeTimeout, cancellationToken);
        }
        catch (BrowserException)
        {
            // As expected.
        }
    }

    /// <summary>Closes the page.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _context.ClosePageAsync(_target, _settings.CallTimeout, cancellationToken);
        EndAs(PageTermination.Closed);
    }

    private async Task TryCloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A page that is just on its way to another document may take no notice of the first time.
            for (var tries = 0; tries < MaxCloses && !_gone.Task.IsCompleted; tries++)
            {
                await CloseAsync(cancellationToken);
                await _gone.Task.WaitAsync(_settings.ProbeTimeout, _settings.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (BrowserException)
        {
            // It ends with its context.
        }
    }

    private Task<JsonElement> AllowScriptAsync(bool allowed, TimeSpan deadline, CancellationToken cancellationToken) =>
        _cdp.CallAsync("Emulation.setScriptExecutionDisabled", p => p.WriteBoolean("value"u8, !allowed), deadline, cancellationToken);

    private Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter>? parameters, CancellationToken cancellationToken) =>
        _cdp.CallAsync(method, parameters, _settings.CallTimeout, cancellationToken);

    /// <summary>A call that is a step of something with a deadline of its own.</summary>
    private Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan left, CancellationToken cancellationToken) =>
        _cdp.CallAsync(method, parameters, left < _settings.CallTimeout ? left : _settings.CallTimeout, cancellationToken);

    private async Task<double?> MetricAsync(string name, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var answer = await _cdp.CallAsync("Performance.getMetrics", null, deadline, cancellationToken);
        return answer.GetProperty("metrics").EnumerateArray()
            .Where(m => m.GetProperty("name").ValueEquals(name)).Select(m => (double?)m.GetProperty("value").GetDouble()).FirstOrDefault();
    }

    /// <summary>A pause that we asked for stays until the page is terminated. Any other is a <c>debugger</c> statement in the page.</summary>
    private void OnPaused(JsonElement parameters)
    {
        if (Volatile.Read(ref _pause) is { } asked)
        {
            _isPaused = true;
            asked.TrySetResult(parameters);
        }
        else
        {
            // Chromium forgets that breakpoints are off when a navigation takes the page to another process, so it is said again here.
            _cdp.Post("Debugger.setBreakpointsActive", static p => p.WriteBoolean("active"u8, false), _settings.CallTimeout);
            _cdp.Post("Debugger.resume", null, _settings.CallTimeout);
        }
    }

    /// <summary>Nobody is there to answer. A page that asks whether it may be left, may be.</summary>
    private void OnDialog(JsonElement dialog)
    {
        var accept = dialog.GetProperty("type").ValueEquals("beforeunload");
        _cdp.Post("Page.handleJavaScriptDialog", p => p.WriteBoolean("accept"u8, accept), _settings.CallTimeout);
    }

    private void EndAs(PageTermination end)
    {
        lock (_gate)
        {
            // A crash is followed by a close; the cause stays.
            End = End == PageTermination.None ? end : End;
        }

        Volatile.Read(ref _pause)?.TrySetResult(null);
    }
}

/// <summary>What every page of an adapter is made with.</summary>
/// <param name="Host">Address of the host app, ending with a slash.</param>
/// <param name="BootTimeout">For booting the host app.</param>
/// <param name="CallTimeout">For any other call.</param>
/// <param name="ProbeTimeout">For a trivial question.</param>
/// <param name="Width">Of the page, in CSS pixels.</param>
/// <param name="Height">Of the page, in CSS pixels.</param>
/// <param name="Time">The clock.</param>
internal sealed record BrowserPageSettings(Uri Host, TimeSpan BootTimeout, TimeSpan CallTimeout, TimeSpan ProbeTimeout, int Width, int Height, TimeProvider Time)
{
    /// <summary>Writes the viewport as the protocol wants it: for a screenshot with a size of its own, or else the usual.</summary>
    public void WriteViewport(Utf8JsonWriter parameters, ScreenshotShape? shape)
    {
        parameters.WriteNumber("width"u8, shape?.Width ?? Width);
        parameters.WriteNumber("height"u8, shape?.Height ?? Height);
        parameters.WriteNumber("deviceScaleFactor"u8, shape?.Scale ?? 1);
        parameters.WriteBoolean("mobile"u8, false);
    }
}

/// <summary>The call frames of a paused page, as text.</summary>
internal static class JavaScriptStack
{
    private const int MaxFrames = 30;

    /// <summary>One line per frame, innermost first: <c>at name (url:line:column)</c>; lines and columns count from 1.</summary>
    public static string Describe(JsonElement callFrames) => string.Join('\n', callFrames.EnumerateArray().Take(MaxFrames).Select(frame =>
    {
        var (name, place) = (frame.GetProperty("functionName").GetString(), frame.GetProperty("location"));
        var url = frame.TryGetProperty("url", out var known) && known.GetString() is { Length: > 0 } text ? text : "inline script";
        return string.Create(CultureInfo.InvariantCulture,
            $"at {(string.IsNullOrEmpty(name) ? "(anonymous)" : name)} ({url}:{place.GetProperty("lineNumber").GetInt32() + 1}:{ColumnOf(place) + 1})");
    }));

    private static int ColumnOf(JsonElement place) => place.TryGetProperty("columnNumber", out var column) ? column.GetInt32() : 0;
}
