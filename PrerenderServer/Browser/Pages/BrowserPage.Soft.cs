using System.Text;
using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Keeps a document for further visits, and moves it on to their URLs.</summary>
internal sealed partial class BrowserPage
{
    private string? _kept;
    private TimeSpan _maxIdle;

    // Session storage of frames in other processes cannot be cleared.
    public bool IsKept => _kept is { } loader && loader == _loads.Current && _frames.Known.AreAll;

    public TimeSpan? MaxIdle => _kept is null ? null : _maxIdle;

    public async Task<string?> SourceAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            return _loads.Current is not { } loader ? null
                : Encoding.UTF8.GetString(BytesOf(await CallAsync("Network.getResponseBody", p => p.WriteString("requestId"u8, loader), deadline, cancellationToken)));
        }
        catch (BrowserException e) when (e is not BrowserTimeoutException)
        {
            return null; // It was not loaded over HTTP, or is larger than the browser remembers.
        }
    }

    public async Task<bool> KeepAsync(string source, TimeSpan maxIdle, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var loader = _loads.Current;
        await EvaluateAsync($"{PageScripts.Keep}({JsonSerializer.Serialize(source)})", deadline, cancellationToken);
        (_kept, _maxIdle) = (loader, maxIdle);
        return IsKept;
    }

    public async Task<string?> NavigateSoftlyAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        var clearing = ClearSessionStorageAsync(keepsDocument: true, deadline, cancellationToken);
        await Task.WhenAll(
            clearing,
            _context.Data.ClearAsync(_cdp, keepsDocument: true, deadline, cancellationToken),
            _cdp.CallAsync("Page.resetNavigationHistory", null, deadline, cancellationToken));
        if (!await clearing)
        {
            return "the session storage of a frame's origin can no longer be reached";
        }

        _departures.Begin(url, static _ => false);
        return await AskAsync(PageScripts.Visit, url, Left(deadline, start), cancellationToken);
    }

    public Task<string?> ArrivedAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken) => AskAsync(PageScripts.Arrived, url, deadline, cancellationToken);

    public async Task<DocumentSize> SizeAsync(bool collects, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        if (collects)
        {
            await _cdp.CallAsync("HeapProfiler.collectGarbage", null, deadline, cancellationToken);
        }

        var answer = await _cdp.CallAsync("Performance.getMetrics", null, Left(deadline, start), cancellationToken);
        var metrics = answer.GetProperty("metrics").EnumerateArray().ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => (long)metric.GetProperty("value").GetDouble());
        return new(metrics.GetValueOrDefault("Nodes"), metrics.GetValueOrDefault("JSHeapUsedSize"));
    }

    /// <summary>Calls a function of <c>soft.js</c> with the URL. Its answer is a reason; an empty one is null.</summary>
    private async Task<string?> AskAsync(string function, Uri url, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var answer = await EvaluateAsync($"{function}({JsonSerializer.Serialize(ExactUrl.Of(url))})", deadline, cancellationToken);
        return answer.GetString() is { Length: > 0 } reason ? reason : null;
    }
}
