using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A page driven over the browser's debugging pipe. A render in the booted page is one round trip. The Network domain, which costs throughput
/// and renderer memory, is disabled while the page is booted.</summary>
internal sealed partial class BrowserPage : IRenderPage
{
    private const int MaxCloseAttempts = 3;

    private readonly CdpContext _context;
    private readonly string _target;
    private readonly CdpSession _cdp;
    private readonly BrowserPageSettings _settings;
    private readonly Action<string> _lost;
    private readonly DocumentLoad _loads = new();
    private readonly FrameOrigins _frames = new();
    private readonly FrameTree _tree;
    private readonly PageDepartures _departures = new();
    private readonly PageWorkers _workers;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isNetworkEnabled;
    private bool _wasVisited;
    private bool _isFresh;
    private string? _booted;

    private BrowserPage(CdpContext context, string target, CdpSession cdp, BrowserPageSettings settings, Action<string> lost)
    {
        (_context, _target, _cdp, _settings, _lost) = (context, target, cdp, settings, lost);
        cdp.Quota = new EventQuota(settings.Limits.Events, settings.Limits.EventBytes, settings.Time, Exhaust);
        Activity = new PageActivity(settings.Time);
        Activity.Watch(cdp);
        // The main frame has the id of its target.
        _loads.Watch(cdp, target);
        _frames.Watch(cdp);
        _departures.Watch(cdp, target);
        _tree = new FrameTree(target);
        _tree.Watch(cdp);
        _workers = new PageWorkers(context.Connection, Activity, settings.Limits.Workers, settings.CallTimeout, Exhaust);
        _workers.Watch(cdp);
        context.Data.Watch(cdp);
        cdp.On("Debugger.paused", OnPaused);
        cdp.On("Debugger.resumed", _ => _isPaused = false);
        cdp.On("Page.javascriptDialogOpening", OnDialog);
        cdp.On("Fetch.requestPaused", OnRequestPaused);
        cdp.On("Target.detachedFromTarget", detached =>
        {
            if (!detached.GetProperty("sessionId").ValueEquals(cdp.SessionId))
            {
                return; // a worker ended
            }

            EndAs(PageTermination.Closed);
            _gone.TrySetResult();
        });
        cdp.On("Inspector.targetCrashed", _ =>
        {
            var kill = context.Connection.Kills.Take();
            EndAs(kill is null ? PageTermination.Crashed : PageTermination.Exhausted, kill);
            lost(kill ?? "its renderer crashed");
        });
    }

    public string? ShellToken { get; private set; }

    public HostCapabilities Host { get; private set; } = HostCapabilities.None;

    public bool? OffersRender { get; private set; }

    public bool IsHostBooted => _booted is { } loader && loader == _loads.Current;

    public PageTermination End { get; private set; }

    public string? EndReason { get; private set; }

    public PageActivity Activity { get; }

    /// <summary>Opens a page in a context, and boots the host app in it unless it is to stay empty, in a new context.</summary>
    public static async Task<BrowserPage> OpenAsync(CdpContext context, BrowserPageSettings settings, bool boots, Action<string> lost, CancellationToken cancellationToken)
    {
        var (target, session) = await context.OpenPageAsync(settings.CallTimeout, cancellationToken);
        var opened = new BrowserPage(context, target, session, settings, lost);
        try
        {
            // A page that hangs does not answer 'enable', so enable the domains that diagnose a hang now.
            await Task.WhenAll(
                opened.CallAsync("Page.enable", null, cancellationToken),
                opened.CallAsync("Runtime.enable", null, cancellationToken),
                opened.CallAsync("Inspector.enable", null, cancellationToken),
                opened.CallAsync("Performance.enable", null, cancellationToken),
                opened.CallAsync("Debugger.enable", null, cancellationToken),
                opened.CallAsync("Emulation.setUserAgentOverride", p => ClientHints.Write(p, context.UserAgent, model: null), cancellationToken),
                opened.CallAsync("Emulation.setDeviceMetricsOverride", p => settings.WriteViewport(p, null), cancellationToken),
                // Only one page of a context is visible. Without this, the others get no animation frames.
                opened.CallAsync("Emulation.setFocusEmulationEnabled", static p => p.WriteBoolean("enabled"u8, true), cancellationToken),
                opened.LimitStorageAsync(cancellationToken),
                opened.CallAsync("Target.setAutoAttach", PageWorkers.WriteAutoAttach, cancellationToken),
                opened.CallAsync("Runtime.addBinding", static p => p.WriteString("name"u8, PageDepartures.Binding), cancellationToken),
                opened.CallAsync("Page.addScriptToEvaluateOnNewDocument", static p => p.WriteString("source"u8, PageScripts.Start), cancellationToken),
                opened.CallAsync("Page.addScriptToEvaluateOnNewDocument", p => p.WriteString("source"u8, PageScripts.PaintAt(settings.Standby)), cancellationToken));
            if (boots)
            {
                await opened.BootAsync(settings.BootTimeout, cancellationToken);
            }
            else
            {
                opened._isFresh = true;
            }

            return opened;
        }
        catch
        {
            // The slot may keep its old page, so this page must be closed, even if the caller cancelled.
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

    /// <summary>Memory of the page in bytes: its JavaScript heap, buffers and nodes, without those of its workers; null if the page did not answer in time.</summary>
    public async Task<long?> MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Buffers of a page are not in the heap but in the backing storage, and its nodes are in that of the embedder. Chromium before 117 reports the heap only.
            var usage = await _cdp.CallAsync("Runtime.getHeapUsage", null, _settings.ProbeTimeout, cancellationToken);
            return usage.EnumerateObject().Where(static size => size.Name is "totalSize" or "embedderHeapUsedSize" or "backingStorageSize").Sum(static size => (long)size.Value.GetDouble());
        }
        catch (BrowserException)
        {
            return null;
        }
    }

    /// <summary>Crashes the renderer. There is no reply; the crash event confirms it.</summary>
    public async Task CrashAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _cdp.CallAsync("Page.crash", null, _settings.ProbeTimeout, cancellationToken);
        }
        catch (BrowserException)
        {
            // Expected: the renderer crashed before it could reply.
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
            // A page that is navigating may ignore the first attempt.
            for (var tries = 0; tries < MaxCloseAttempts && !_gone.Task.IsCompleted; tries++)
            {
                await CloseAsync(cancellationToken);
                await _gone.Task.WaitAsync(_settings.ProbeTimeout, _settings.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (BrowserException)
        {
            // The page ends with its context.
        }
    }

    private Task<JsonElement> AllowScriptAsync(bool allowed, TimeSpan deadline, CancellationToken cancellationToken) =>
        _cdp.CallAsync("Emulation.setScriptExecutionDisabled", p => p.WriteBoolean("value"u8, !allowed), deadline, cancellationToken);

    private Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter>? parameters, CancellationToken cancellationToken) =>
        _cdp.CallAsync(method, parameters, _settings.CallTimeout, cancellationToken);

    /// <summary>A call that is part of an operation with its own deadline.</summary>
    private Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan left, CancellationToken cancellationToken) =>
        _cdp.CallAsync(method, parameters, left < _settings.CallTimeout ? left : _settings.CallTimeout, cancellationToken);

    private async Task<double?> MetricAsync(string name, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var answer = await _cdp.CallAsync("Performance.getMetrics", null, deadline, cancellationToken);
        return answer.GetProperty("metrics").EnumerateArray()
            .Where(m => m.GetProperty("name").ValueEquals(name)).Select(m => (double?)m.GetProperty("value").GetDouble()).FirstOrDefault();
    }

    /// <summary>Dismisses dialogs, except that <c>beforeunload</c> is accepted, so that the page can be left.</summary>
    private void OnDialog(JsonElement dialog)
    {
        var accept = dialog.GetProperty("type").ValueEquals("beforeunload");
        _cdp.Post("Page.handleJavaScriptDialog", p => p.WriteBoolean("accept"u8, accept), _settings.CallTimeout);
    }

    private void EndAs(PageTermination end, string? reason = null)
    {
        lock (_gate)
        {
            // A crash is followed by a close. Keep the first cause.
            if (End == PageTermination.None)
            {
                (EndReason, End) = (reason, end);
            }
        }

        Volatile.Read(ref _pause)?.TrySetResult(null);
    }
}
