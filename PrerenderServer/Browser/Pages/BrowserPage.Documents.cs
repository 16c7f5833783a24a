using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Loads the page's documents: the booted host app, a document to render, or the empty document between two renders.</summary>
internal sealed partial class BrowserPage
{
    /// <summary>Pause before a call is repeated that the browser rejected because a document is being committed.</summary>
    private static readonly TimeSpan s_commitPause = TimeSpan.FromMilliseconds(5);

    /// <summary>Time without growth and without requests in flight after which an app without a host contract has booted.</summary>
    private static readonly TimeSpan s_bootQuiet = TimeSpan.FromMilliseconds(100);

    private static readonly Uri s_empty = new("about:blank");

    public async Task BootAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        var standby = _settings.Standby;
        if (_kept is not null)
        {
            await BeginAnewAsync(Left(deadline, start), cancellationToken);
        }

        await DebugAsync(true, Left(deadline, start), cancellationToken);
        var (loader, response, _) = await LoadAsync(standby, Left(deadline, start), cancellationToken);
        if (response is null or { Status: >= 500 })
        {
            throw new BrowserException($"{standby} answered {response?.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}.");
        }

        var ready = await FindHostAsync(deadline, start, cancellationToken);
        if (_loads.Current != loader)
        {
            // The evaluated answer came from another document.
            throw new BrowserException($"Another document replaced {standby} while it booted.");
        }

        Host = ready.ValueKind == JsonValueKind.Object
            ? new([.. ready.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()!)])
            : HostCapabilities.None;
        OffersRender = Host.Renders;
        ShellToken = response.ShellToken ?? await HashAsync(response, Left(deadline, start), cancellationToken);
        _isNetworkEnabled = false;
        await CallAsync("Network.disable", null, Left(deadline, start), cancellationToken);
        _booted = loader;
    }

    /// <summary>Waits for the host contract until the app rests: its document no longer grows and no request is in flight. An app that does not rest within half of the
    /// deadline has none.</summary>
    private async Task<JsonElement> FindHostAsync(TimeSpan deadline, long start, CancellationToken cancellationToken)
    {
        while (true)
        {
            var search = Left(deadline / 2, start);
            var ready = await EvaluateAsync($"({PageScripts.Boot})({(long)s_bootQuiet.TotalMilliseconds}, {(long)search.TotalMilliseconds})", Left(deadline, start), cancellationToken);
            if (ready.ValueKind == JsonValueKind.Object || Activity.IsQuiet(s_bootQuiet) || search <= s_bootQuiet)
            {
                return ready;
            }

            await Task.Delay(s_bootQuiet, _settings.Time, cancellationToken);
        }
    }

    public Task<PageDeparture> Departed => _departures.First;

    public async Task<PageNavigation> NavigateAsync(Uri url, Func<Uri, bool> follows, bool mayHang, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        if (!_isFresh)
        {
            // The boot of the host app left its data, which a first visit would not find.
            await BeginAnewAsync(deadline, cancellationToken);
        }

        if (_settings.Signs(url) != _signs)
        {
            _signs = !_signs;
            await InterceptAsync(Left(deadline, start), cancellationToken);
        }

        // A first visit finds no compiled scripts, so it has the debugger in any case.
        await DebugAsync(mayHang || !_wasVisited, Left(deadline, start), cancellationToken);
        _wasVisited = true;
        _departures.Begin(url, follows);
        try
        {
            var (_, response, redirect) = await LoadAsync(url, Left(deadline, start), cancellationToken);
            ShellToken = response?.ShellToken;
            var status = response?.Status ?? 0;
            return new(redirect?.Status ?? status, redirect?.Url, status, response?.SearchHeaders, response?.Refresh);
        }
        catch (NavigationException e) when (e.Redirect is { } redirect && e.Code != NavigationException.TooManyRedirects)
        {
            // The answer is the redirect, whatever its target is.
            ShellToken = null;
            return new(redirect.Status, redirect.Url, 0);
        }
    }

    public async Task ParkAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (!await LeaveAsync(deadline, cancellationToken))
        {
            throw NotCleared();
        }
    }

    /// <summary>Leaves the current document before another one is loaded. A kept document has served earlier visits, so the page ends if something that it stored is left.</summary>
    private async Task BeginAnewAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var wasKept = _kept is not null;
        if (!await LeaveAsync(deadline, cancellationToken) && wasKept)
        {
            throw NotCleared();
        }
    }

    private static BrowserException NotCleared() => new("The session storage of a frame's origin can no longer be reached.");

    /// <summary>Replaces the document with an empty one, and clears what documents left in the page and its context: storage, cookies, outdated responses in
    /// the HTTP cache, history, <c>window.name</c>, and the visit's setup. Returns false if session storage is left; the page must then be replaced.</summary>
    private async Task<bool> LeaveAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        // The page may be about to navigate by itself. Disabling script prevents new navigations, but one that has already started may still win over this
        // load. It is stopped once the empty document is loaded, which starts none. Only then can this document no longer replace the next one.
        _departures.End();
        await AllowScriptAsync(false, Left(deadline, start), cancellationToken);
        var clearing = ClearSessionStorageAsync(keepsDocument: false, Left(deadline, start), cancellationToken);
        await Task.WhenAll(StopLoadingAsync(Left(deadline, start), cancellationToken), clearing);
        var isCleared = await clearing;
        var (loader, _, _) = await LoadAsync(s_empty, Left(deadline, start), cancellationToken);
        await StopLoadingAsync(Left(deadline, start), cancellationToken);
        if (_loads.Current != loader)
        {
            throw new BrowserException("Another document replaced the empty one.");
        }

        // A document that was committed since then ran no script, so its origin has nothing to clear, and no frame shows it any longer.
        _ = _frames.Take();

        // A worker may store data until it has ended.
        await _workers.AllEnded.Within("end the workers", Left(deadline, start), _settings.Time, cancellationToken);

        await Task.WhenAll(
            _context.Data.ClearAsync(_cdp, keepsDocument: false, Left(deadline, start), cancellationToken),
            _cdp.CallAsync("Page.resetNavigationHistory", null, Left(deadline, start), cancellationToken),
            AllowScriptAsync(true, Left(deadline, start), cancellationToken),
            ForgetNameAsync(Left(deadline, start), cancellationToken),
            UndoSetupAsync(Left(deadline, start), cancellationToken));
        _isFresh = isCleared;
        return isCleared;
    }

    // The name survives navigations. The empty document may have been committed before its script context exists.
    private Task ForgetNameAsync(TimeSpan deadline, CancellationToken cancellationToken) => WhenCommittedAsync(
        left => EvaluateAsync("name = ''", left, cancellationToken),
        e => e is not (BrowserTimeoutException or PageScriptException), deadline, cancellationToken);

    /// <summary>Clears the session storage of all frames, which belongs to the page and can be reached only while a frame has the origin.</summary>
    private async Task<bool> ClearSessionStorageAsync(bool keepsDocument, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var (origins, isComplete) = keepsDocument ? _frames.Known : _frames.Take();
        var cleared = await Task.WhenAll(origins.Select(ClearAsync));
        return isComplete && cleared.All(done => done);

        async Task<bool> ClearAsync(string origin)
        {
            try
            {
                await _cdp.CallAsync("DOMStorage.clear", p =>
                {
                    p.WriteStartObject("storageId"u8);
                    p.WriteString("securityOrigin"u8, origin);
                    p.WriteBoolean("isLocalStorage"u8, false);
                    p.WriteEndObject();
                }, deadline, cancellationToken);
                return true;
            }
            catch (BrowserException e) when (e is not BrowserTimeoutException)
            {
                return false;
            }
        }
    }

    // The browser process learns of a committed document slightly later than the renderer. Until then it has no active page to stop.
    private Task StopLoadingAsync(TimeSpan deadline, CancellationToken cancellationToken) => WhenCommittedAsync(
        left => _cdp.CallAsync("Page.stopLoading", null, left, cancellationToken),
        e => e.Message.Contains("Not attached to an active page", StringComparison.Ordinal), deadline, cancellationToken);

    /// <summary>Repeats a call that the browser rejects while it commits a document, until the deadline.</summary>
    private async Task WhenCommittedAsync(Func<TimeSpan, Task> call, Func<BrowserException, bool> isEarly, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await call(Left(deadline, start));
                return;
            }
            catch (BrowserException e) when (End == PageTermination.None && isEarly(e) && _settings.Time.GetElapsedTime(start) < deadline - s_commitPause)
            {
                await Task.Delay(s_commitPause, _settings.Time, cancellationToken);
            }
        }
    }

    /// <summary>Loads a document and returns when it has been committed, with its response and the first redirect.</summary>
    private async Task<(string Loader, DocumentResponse? Response, (int Status, string Url)? Redirect)> LoadAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken)
    {
        (_booted, _kept, Host, _isFresh) = (null, null, HostCapabilities.None, false);
        var start = _settings.Time.GetTimestamp();
        _loads.Begin();
        Activity.BeginDocument();
        if (!_isNetworkEnabled)
        {
            // One after the other: a navigation may change the renderer, and a renderer that gets these commands late misses the document's body and its first requests.
            await CallAsync("Network.enable", static p => p.WriteNumber("maxPostDataSize"u8, InFlightRequest.MaxBodyBytes), Left(deadline, start), cancellationToken);
            _isNetworkEnabled = true;
        }

        var navigation = await _cdp.CallAsync("Page.navigate", p => p.WriteString("url"u8, ExactUrl.Of(url)), Left(deadline, start), cancellationToken);
        if (!navigation.TryGetProperty("loaderId", out var name))
        {
            throw new BrowserException($"The browser could not load {url}: {(navigation.TryGetProperty("errorText", out var reason) ? reason.GetString() : "the page did not navigate")}.");
        }

        var loader = name.GetString()!;
        var load = _loads[loader];
        if (navigation.TryGetProperty("errorText", out var error))
        {
            var isDownload = navigation.TryGetProperty("isDownload", out var download) && download.GetBoolean();
            throw new NavigationException(isDownload ? NavigationException.Download : error.GetString()!.Replace("net::", "", StringComparison.Ordinal), load.LastUrl ?? url.AbsoluteUri, load.Redirect);
        }

        await load.Committed.Task.Within($"load {url}", Left(deadline, start), _settings.Time, cancellationToken);
        return url == s_empty ? (loader, null, null)
            : (loader, await load.Response.Task.Within($"report the response of {url}", Left(deadline, start), _settings.Time, cancellationToken), load.Redirect);
    }

    /// <summary>Remaining time, at least 1 ms, so that the call itself reports the timeout.</summary>
    private TimeSpan Left(TimeSpan deadline, long start) => deadline - _settings.Time.GetElapsedTime(start) is { Ticks: > 0 } left ? left : TimeSpan.FromMilliseconds(1);

    private static byte[] BytesOf(JsonElement answer) => answer.GetProperty("body") is var body && answer.GetProperty("base64Encoded").GetBoolean() ? body.GetBytesFromBase64() : Encoding.UTF8.GetBytes(body.GetString()!);

    private async Task<string?> HashAsync(DocumentResponse response, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync("Network.getResponseBody", p => p.WriteString("requestId"u8, response.RequestId), left, cancellationToken);
#pragma warning disable CA5351 // Identifies a version; not used for security.
            return Convert.ToHexStringLower(MD5.HashData(BytesOf(answer)));
#pragma warning restore CA5351
        }
        catch (BrowserException)
        {
            return null;
        }
    }
}
