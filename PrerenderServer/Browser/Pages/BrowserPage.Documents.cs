using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Which document stands in the page: the booted app, another one, or the empty one between two visits.</summary>
internal sealed partial class BrowserPage
{
    private const int MaxStops = 50;

    private static readonly Uri s_empty = new("about:blank");

    public async Task BootAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        var standby = new Uri(_settings.Host, "_standby");
        var (loader, response, _) = await LoadAsync(standby, deadline, cancellationToken);
        if (response is null or { Status: >= 500 })
        {
            throw new BrowserException($"{standby} answered {response?.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}.");
        }

        var ready = await EvaluateAsync(PageScripts.Boot, Left(deadline, start), cancellationToken);
        if (_loads.Current != loader)
        {
            // What it answered, it answered for itself.
            throw new BrowserException($"Another document took the place of {standby} while it booted.");
        }

        Host = ready.ValueKind == JsonValueKind.Object
            ? new(ready.GetProperty("version").GetString()!, [.. ready.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()!)])
            : HostCapabilities.None;
        OffersRender = Host.Renders;
        ShellToken = response.ShellToken ?? await HashAsync(response, Left(deadline, start), cancellationToken);
        await CallAsync("Network.disable", null, Left(deadline, start), cancellationToken);
        _booted = loader;
    }

    public async Task<PageNavigation> NavigateAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var (_, response, redirect) = await LoadAsync(url, deadline, cancellationToken);
        ShellToken = response?.ShellToken;
        return redirect is { } first ? new(first.Status, first.Url, ShellToken) : new(response?.Status ?? 0, null, ShellToken);
    }

    public async Task ParkAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        // A page may be about to navigate by itself. Without script it begins nothing new; what it had begun may still win against our load, and is
        // stopped when the empty document stands, which begins nothing. Only then is the next document safe from this one.
        await AllowScriptAsync(false, deadline, cancellationToken);
        await StopLoadingAsync(deadline, cancellationToken);
        var (loader, _, _) = await LoadAsync(s_empty, deadline, cancellationToken);
        await StopLoadingAsync(deadline, cancellationToken);
        if (_loads.Current != loader)
        {
            throw new BrowserException("Another document took the place of the empty one.");
        }

        await AllowScriptAsync(true, deadline, cancellationToken);
        await _cdp.CallAsync("Network.disable", null, deadline, cancellationToken);
    }

    // A document that its renderer has committed is the browser's own only a moment later. Until then the browser has no page to stop.
    private async Task StopLoadingAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await _cdp.CallAsync("Page.stopLoading", null, deadline, cancellationToken);
                return;
            }
            catch (BrowserException e) when (tries < MaxStops && e.Message.Contains("Not attached to an active page", StringComparison.Ordinal))
            {
                // Each try is a round trip, which is about the time that it takes.
            }
        }
    }

    /// <summary>Loads a document and returns when it has begun, with the first redirect on the way.</summary>
    private async Task<(string Loader, DocumentResponse? Response, (int Status, string Url)? Redirect)> LoadAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken)
    {
        (_booted, Host) = (null, HostCapabilities.None);
        var start = _settings.Time.GetTimestamp();
        _loads.Begin();
        await CallAsync("Network.enable", null, Left(deadline, start), cancellationToken);
        var begun = await _cdp.CallAsync("Page.navigate", p => p.WriteString("url"u8, url.AbsoluteUri), Left(deadline, start), cancellationToken);
        if (!begun.TryGetProperty("loaderId", out var name))
        {
            throw new BrowserException($"The browser could not load {url}: {(begun.TryGetProperty("errorText", out var said) ? said.GetString() : "it stayed where it was")}.");
        }

        var loader = name.GetString()!;
        var load = _loads[loader];
        if (begun.TryGetProperty("errorText", out var error))
        {
            var isDownload = begun.TryGetProperty("isDownload", out var download) && download.GetBoolean();
            throw new NavigationException(isDownload ? NavigationException.Download : error.GetString()!.Replace("net::", "", StringComparison.Ordinal), load.LastUrl ?? url.AbsoluteUri);
        }

        await load.Committed.Task.Within($"load {url}", Left(deadline, start), _settings.Time, cancellationToken);
        return url == s_empty ? (loader, null, null)
            : (loader, await load.Response.Task.Within($"tell the response of {url}", Left(deadline, start), _settings.Time, cancellationToken), load.Redirect);
    }

    /// <summary>Never less than 1 ms, so that the call itself notices that it is late.</summary>
    private TimeSpan Left(TimeSpan deadline, long start) => deadline - _settings.Time.GetElapsedTime(start) is { Ticks: > 0 } left ? left : TimeSpan.FromMilliseconds(1);

    private async Task<string?> HashAsync(DocumentResponse response, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync("Network.getResponseBody", p => p.WriteString("requestId"u8, response.RequestId), left, cancellationToken);
            var body = answer.GetProperty("body");
#pragma warning disable CA5351 // Names a version; guards nothing.
            return Convert.ToHexStringLower(MD5.HashData(answer.GetProperty("base64Encoded").GetBoolean() ? body.GetBytesFromBase64() : Encoding.UTF8.GetBytes(body.GetString()!)));
#pragma warning restore CA5351
        }
        catch (BrowserException)
        {
            return null;
        }
    }
}
