using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Sets the page up for one visit, and undoes it when the document is left. Each override has its inverse here.</summary>
internal sealed partial class BrowserPage
{
    private volatile PageSetup? _setup;
    private string? _eventScript;

    public async Task SetUpAsync(PageSetup setup, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var start = _settings.Time.GetTimestamp();
        if (!_isFresh || _setup is not null)
        {
            await BeginAnewAsync(deadline, cancellationToken);
        }

        // From here on, leaving the document undoes the setup, even a part of it. Responses that are cached from now on may depend on the headers and cookies of this visit.
        _setup = setup;
        _context.Data.Expire();
        List<Task> calls = [.. Emulate(setup, Call)];
        if (setup.Event is { } name)
        {
            calls.Add(ListenAsync(name, Left(deadline, start), cancellationToken));
        }

        if (setup.Headers.Count > 0 || setup.Cookies.Count > 0)
        {
            // A cached response belongs to a request without them.
            calls.Add(Call("Network.clearBrowserCache", null));
        }

        if (setup.Cookies.Count > 0)
        {
            calls.Add(Valid("'cookies' has one that the browser refuses for this URL.", Call("Network.setCookies", p => WriteCookies(p, setup))));
        }

        if (setup.Intercepts)
        {
            calls.Add(InterceptAsync(Left(deadline, start), cancellationToken));
        }

        await Task.WhenAll(calls);
        _isFresh = true;

        Task Call(string method, Action<Utf8JsonWriter>? parameters) => CallAsync(method, parameters, Left(deadline, start), cancellationToken);
    }

    /// <summary>Overrides what the page can notice of its device, in the order of the setup's members.</summary>
    private IEnumerable<Task> Emulate(PageSetup setup, Func<string, Action<Utf8JsonWriter>?, Task> call)
    {
        if (setup.Viewport is { } viewport)
        {
            yield return call("Emulation.setDeviceMetricsOverride", p => _settings.WriteViewport(p, viewport));
            yield return call("Emulation.setTouchEmulationEnabled", p => p.WriteBoolean("enabled"u8, viewport.IsMobile));
        }

        if (setup.UserAgent is not null || setup.Device is not null || setup.Locale is not null)
        {
            yield return call("Emulation.setUserAgentOverride", p => WriteUserAgent(p, setup));
        }

        if (setup.Locale is { } locale)
        {
            yield return Understood("locale", locale, call("Emulation.setLocaleOverride", p => p.WriteString("locale"u8, locale.Replace('-', '_'))));
        }

        if (setup.Timezone is { } timezone)
        {
            yield return Understood("timezone", timezone, call("Emulation.setTimezoneOverride", p => p.WriteString("timezoneId"u8, timezone)));
        }

        if (setup.ColorScheme is not null || setup.Media is not null)
        {
            yield return call("Emulation.setEmulatedMedia", p => WriteMedia(p, setup.Media, setup.ColorScheme));
        }

        if (setup.IsTransparent)
        {
            yield return call("Emulation.setDefaultBackgroundColorOverride", WriteTransparent);
        }
    }

    /// <summary>Undoes the setup of the last visit, if it had one.</summary>
    private async Task UndoSetupAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (_setup is not { } setup)
        {
            return;
        }

        _setup = null;
        var calls = new List<Task>
        {
            // These commands have no effect if the override was not set, except for the locale, whose override applies to the whole process.
            Call("Emulation.setDeviceMetricsOverride", p => _settings.WriteViewport(p, null)),
            Call("Emulation.setTouchEmulationEnabled", static p => p.WriteBoolean("enabled"u8, false)),
            Call("Emulation.setUserAgentOverride", p => WriteUserAgent(p, null)),
            Call("Emulation.setTimezoneOverride", static p => p.WriteString("timezoneId"u8, ""u8)),
            Call("Emulation.setEmulatedMedia", static p => WriteMedia(p, null, null)),
            Call("Emulation.setDefaultBackgroundColorOverride", null),
            InterceptAsync(deadline, cancellationToken),
        };
        if (setup.Locale is not null)
        {
            calls.Add(Call("Emulation.setLocaleOverride", null));
        }

        if (Interlocked.Exchange(ref _eventScript, null) is { } script)
        {
            calls.Add(Call("Page.removeScriptToEvaluateOnNewDocument", p => p.WriteString("identifier"u8, script)));
        }

        await Task.WhenAll(calls);

        Task Call(string method, Action<Utf8JsonWriter>? parameters) => CallAsync(method, parameters, deadline, cancellationToken);
    }

    private async Task ListenAsync(string name, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var added = await CallAsync("Page.addScriptToEvaluateOnNewDocument", p => p.WriteString("source"u8, PageScripts.Listen(name)), deadline, cancellationToken);
        _eventScript = added.GetProperty("identifier").GetString();
    }

    /// <summary>A value that only the browser can judge.</summary>
    private static Task Understood(string option, string value, Task call) => Valid($"'{option}' is {Quoted.Of(value)}, which the browser does not know.", call);

    private static async Task Valid(string error, Task call)
    {
        try
        {
            await call;
        }
        catch (BrowserException e) when (e is not BrowserTimeoutException && e.Message.Contains("nvalid", StringComparison.Ordinal))
        {
            throw new PageScriptException(error, null);
        }
    }

    private void WriteUserAgent(Utf8JsonWriter parameters, PageSetup? setup)
    {
        // A preset has the version of the browser, which is what its pages find. Keep the fleet's product token: realm servers recognize the fleet's pages by it.
        var named = setup?.UserAgent ?? (setup?.Device?.UserAgent is { } preset ? ClientHints.WithVersionOf(_context.UserAgent, preset) : null);
        ClientHints.Write(parameters, named is null ? _context.UserAgent : $"{named} {FleetHeaders.UserAgentProduct}/1.0", setup?.Device?.Model);
        parameters.WriteString("acceptLanguage"u8, setup?.Locale ?? "");
        parameters.WriteString("platform"u8, setup?.Device?.Platform ?? "");
    }

    private static void WriteMedia(Utf8JsonWriter parameters, PageMedia? media, PageColorScheme? scheme)
    {
        parameters.WriteString("media"u8, media switch { PageMedia.Screen => "screen", PageMedia.Print => "print", _ => "" });
        parameters.WriteStartArray("features"u8);
        parameters.WriteStartObject();
        parameters.WriteString("name"u8, "prefers-color-scheme"u8);
        parameters.WriteString("value"u8, scheme switch { PageColorScheme.Dark => "dark", PageColorScheme.Light => "light", _ => "" });
        parameters.WriteEndObject();
        parameters.WriteEndArray();
    }

    private static void WriteTransparent(Utf8JsonWriter parameters)
    {
        parameters.WriteStartObject("color"u8);
        foreach (var part in (string[])["r", "g", "b", "a"])
        {
            parameters.WriteNumber(part, 0);
        }

        parameters.WriteEndObject();
    }

    private static void WriteCookies(Utf8JsonWriter parameters, PageSetup setup)
    {
        parameters.WriteStartArray("cookies"u8);
        foreach (var cookie in setup.Cookies)
        {
            parameters.WriteStartObject();
            parameters.WriteString("name"u8, cookie.Name);
            parameters.WriteString("value"u8, cookie.Value);
            // Without a domain, the cookie is sent to exactly this host.
            parameters.WriteString("url"u8, setup.Url);
            parameters.WriteString("path"u8, cookie.Path ?? "/");
            parameters.WriteBoolean("secure"u8, cookie.Secure);
            parameters.WriteBoolean("httpOnly"u8, cookie.HttpOnly);
            if (cookie.SameSite is { } sameSite)
            {
                parameters.WriteString("sameSite"u8, sameSite.ToString());
            }

            parameters.WriteEndObject();
        }

        parameters.WriteEndArray();
    }
}
