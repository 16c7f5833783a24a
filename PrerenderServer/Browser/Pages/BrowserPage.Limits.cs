using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Holds the page to its limits: of storage by Chromium, of events and workers by ending the page.</summary>
internal sealed partial class BrowserPage
{
    /// <summary>Limits what each origin may store. Contexts keep it in memory, which no limit of a renderer covers. The limit ends with the session.</summary>
    private async Task LimitStorageAsync(CancellationToken cancellationToken) => await Task.WhenAll(_settings.Origins.Select(origin => CallAsync("Storage.overrideQuotaForOrigin", p =>
    {
        p.WriteString("origin"u8, origin);
        p.WriteNumber("quotaSize"u8, _settings.Limits.StorageBytes);
    }, cancellationToken)));

    /// <summary>Ends the page because it exceeded a limit. Its renderer is stopped at once; the pool then closes its context.</summary>
    private void Exhaust(string reason)
    {
        EndAs(PageTermination.Exhausted, reason);
        _workers.Forget();
        BrowserCalls.Abandon(StopAsync());
        _lost(reason);
    }

    /// <summary>Stops the source of the events, and drops those under way. The browser process handles both in order with the events, so neither waits for an answer.</summary>
    private async Task StopAsync()
    {
        BrowserCalls.Abandon(CrashAsync(CancellationToken.None));
        await _context.Connection.Browser.CallAsync("Target.detachFromTarget", p => p.WriteString("sessionId"u8, _cdp.SessionId), _settings.CallTimeout, CancellationToken.None);
    }
}
