using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Pauses and ends script that does not end by itself.</summary>
internal sealed partial class BrowserPage
{
    private volatile bool _isPaused;
    private TaskCompletionSource<JsonElement?>? _pause;

    public bool IsDebugged { get; private set; } = true;

    public async Task<string?> PauseAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (!IsDebugged)
        {
            return null;
        }

        // A page is paused once and then replaced. A second call after a timeout waits for the same pause.
        var asked = new TaskCompletionSource<JsonElement?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var paused = Interlocked.CompareExchange(ref _pause, asked, null) ?? asked;
        try
        {
            await _cdp.CallAsync("Debugger.pause", null, deadline, cancellationToken);
            var frames = await paused.Task.Within("pause", deadline, _settings.Time, cancellationToken);
            return frames is { } pauseEvent && pauseEvent.TryGetProperty("callFrames", out var stack) ? JavaScriptStack.Describe(stack) : null;
        }
        catch (BrowserTimeoutException)
        {
            // No script is running: the page waits for something.
            return null;
        }
    }

    public async Task TerminateAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        // Disable script first; otherwise the page's next task runs after the terminated one. Send all calls before awaiting any: a paused page
        // confirms the termination only after it was resumed.
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

    /// <summary>Enables or disables the debugger. While it is enabled, V8 does not look for a script among those that it has compiled.</summary>
    private async Task DebugAsync(bool enabled, TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (IsDebugged != enabled)
        {
            await _cdp.CallAsync(enabled ? "Debugger.enable" : "Debugger.disable", null, deadline, cancellationToken);
            IsDebugged = enabled;
        }
    }

    /// <summary>A requested pause lasts until the page is terminated. Any other pause is a <c>debugger</c> statement in the page, and is resumed.</summary>
    private void OnPaused(JsonElement parameters)
    {
        if (Volatile.Read(ref _pause) is { } asked)
        {
            _isPaused = true;
            asked.TrySetResult(parameters);
        }
        else
        {
            // Chromium reactivates breakpoints when a navigation moves the page to another process, so deactivate them here.
            _cdp.Post("Debugger.setBreakpointsActive", static p => p.WriteBoolean("active"u8, false), _settings.CallTimeout);
            _cdp.Post("Debugger.resume", null, _settings.CallTimeout);
        }
    }
}
