using System.Text.Json;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Intercepts requests of the page: adds the credentials and headers of the visit, signs documents of other sites, and blocks what the visit does not load.</summary>
internal sealed partial class BrowserPage
{
    private volatile PageCredentials? _credentials;
    private volatile bool _signs;

    public Task ShowCredentialsAsync(PageCredentials credentials, TimeSpan deadline, CancellationToken cancellationToken)
    {
        _credentials = credentials;
        return InterceptAsync(deadline, cancellationToken);
    }

    public Task ForgetCredentialsAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        _credentials = null;
        return InterceptAsync(deadline, cancellationToken);
    }

    /// <summary>Intercepts exactly the requests that the credentials, the setup and signatures concern.</summary>
    private async Task InterceptAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var (credentials, setup) = (_credentials, _setup);
        if (credentials is null && setup is not { Intercepts: true } && !_signs)
        {
            await _cdp.CallAsync("Fetch.disable", null, deadline, cancellationToken);
            return;
        }

        await _cdp.CallAsync("Fetch.enable", p =>
        {
            p.WriteStartArray("patterns"u8);
            if (credentials is not null)
            {
                // Pauses only requests to this origin. A redirect to another origin is a separate request.
                WritePattern(p, credentials.Origin + "/*");
            }

            if (setup is { Headers.Count: > 0 })
            {
                WritePattern(p, setup.Origin + "/*");
            }

            if (_signs)
            {
                WritePattern(p, "*", "Document");
            }

            foreach (var type in setup?.BlockedTypes ?? [])
            {
                WritePattern(p, "*", type);
            }

            foreach (var pattern in setup?.BlockedUrls ?? [])
            {
                // In Chromium's patterns a question mark matches any character; in a URL it begins the query, so escape it.
                WritePattern(p, pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal));
            }

            p.WriteEndArray();
        }, deadline, cancellationToken);
    }

    private void OnRequestPaused(JsonElement paused)
    {
        var id = paused.GetProperty("requestId").GetString()!;
        var request = paused.GetProperty("request");
        var (url, frame, type) = (request.GetProperty("url").GetString()!, paused.GetProperty("frameId").GetString()!, paused.GetProperty("resourceType").GetString()!);
        var isDocument = type == "Document";
        // The requested document is always loaded.
        if (_setup is { } setup && !(isDocument && frame == _target) && setup.Blocks(url, type))
        {
            _cdp.Post("Fetch.failRequest", p =>
            {
                p.WriteString("requestId"u8, id);
                p.WriteString("errorReason"u8, "BlockedByClient"u8);
            }, _settings.CallTimeout);
            return;
        }

        var added = AddedHeaders(new Uri(url), frame, isDocument);
        _cdp.Post("Fetch.continueRequest", p =>
        {
            p.WriteString("requestId"u8, id);
            if (added.Count == 0)
            {
                return;
            }

            p.WriteStartArray("headers"u8);
            foreach (var header in request.GetProperty("headers").EnumerateObject().Where(h => !added.ContainsKey(h.Name)))
            {
                WriteHeader(p, header.Name, header.Value.GetString()!);
            }

            foreach (var (name, value) in added)
            {
                WriteHeader(p, name, value);
            }

            p.WriteEndArray();
        }, _settings.CallTimeout);
    }

    /// <summary>The headers of the visit for a request. A frame of another origin is not the page that they were given for.</summary>
    private Dictionary<string, string> AddedHeaders(Uri url, string frame, bool isDocument)
    {
        var origin = OriginAllowList.OriginOf(url);
        var added = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (_setup is { Headers.Count: > 0 } setup && setup.Origin == origin && _tree.MayCarryCredentials(frame, isDocument, origin))
        {
            foreach (var (name, value) in setup.Headers)
            {
                added[name] = value;
            }
        }

        if (_credentials is { } credentials && credentials.Origin == origin && _tree.MayCarryCredentials(frame, isDocument, origin))
        {
            added["Authorization"] = credentials.Authorization;
        }

        // Frames are requests of the page, not of the fleet.
        if (isDocument && frame == _target && _signs && _settings.Signs(url))
        {
            foreach (var (name, value) in _settings.Signer!.SignRequest(url))
            {
                added[name] = value;
            }
        }

        return added;
    }

    private static void WritePattern(Utf8JsonWriter parameters, string pattern, string? type = null)
    {
        parameters.WriteStartObject();
        parameters.WriteString("urlPattern"u8, pattern);
        if (type is not null)
        {
            parameters.WriteString("resourceType"u8, type);
        }

        parameters.WriteEndObject();
    }

    private static void WriteHeader(Utf8JsonWriter parameters, string name, string value)
    {
        parameters.WriteStartObject();
        parameters.WriteString("name"u8, name);
        parameters.WriteString("value"u8, value);
        parameters.WriteEndObject();
    }
}
