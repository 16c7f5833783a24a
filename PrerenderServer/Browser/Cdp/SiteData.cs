using System.Text.Json;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Remembers what the documents of a browser context may have left in it: data of their origins, and cached responses that a later document would
/// get without asking the server. Clears them, so that a render is a first visit. Cached responses that cannot change stay.</summary>
internal sealed class SiteData
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _origins = [];
    private bool _isCacheStale;

    /// <summary>Subscribes to the events of a page of the context.</summary>
    public void Watch(CdpSession session)
    {
        session.On("Network.requestWillBeSent", OnRequest);
        session.On("Network.responseReceived", received => OnResponse(received, received.GetProperty("response")));
    }

    /// <summary>Clears cookies, the data of all origins that had a document, and the HTTP cache if it has responses that may be out of date.</summary>
    /// <param name="page">A page of the context.</param>
    /// <param name="keepsDocument">Whether the page still shows one of these documents, whose origin will have to be cleared again.</param>
    /// <param name="deadline">Timeout of each call. The calls run in parallel.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task ClearAsync(CdpSession page, bool keepsDocument, TimeSpan deadline, CancellationToken cancellationToken)
    {
        string[] origins;
        bool isCacheStale;
        lock (_gate)
        {
            (origins, isCacheStale) = ([.. _origins], _isCacheStale);
        }

        var calls = origins.Select(origin => page.CallAsync("Storage.clearDataForOrigin", p =>
        {
            p.WriteString("origin"u8, origin);
            p.WriteString("storageTypes"u8, "all"u8);
        }, deadline, cancellationToken)).Append(page.CallAsync("Network.clearBrowserCookies", null, deadline, cancellationToken));
        if (isCacheStale)
        {
            calls = calls.Append(page.CallAsync("Network.clearBrowserCache", null, deadline, cancellationToken));
        }

        await Task.WhenAll(calls);
        lock (_gate)
        {
            if (!keepsDocument)
            {
                _origins.ExceptWith(origins);
            }

            _isCacheStale &= !isCacheStale;
        }
    }

    /// <summary>Makes all cached responses count as out of date: they may be of a request that another visit does not make.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            _isCacheStale = true;
        }
    }

    private void OnRequest(JsonElement sent)
    {
        var url = sent.GetProperty("request").GetProperty("url").GetString()!;
        if (sent.TryGetProperty("redirectResponse", out var redirect))
        {
            OnResponse(sent, redirect);
        }

        // Only documents, and the workers that they start, can store data. Any response can set cookies, and these are cleared for all origins.
        if (sent.TryGetProperty("type", out var type) && type.ValueEquals("Document") && Uri.TryCreate(url, UriKind.Absolute, out var uri) && OriginAllowList.IsHttp(uri))
        {
            lock (_gate)
            {
                _origins.Add(uri.GetLeftPart(UriPartial.Authority));
            }
        }
    }

    private void OnResponse(JsonElement parameters, JsonElement response)
    {
        var type = parameters.TryGetProperty("type", out var known) ? known.GetString()! : "";
        var headers = response.GetProperty("headers").EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString() ?? ""));
        if (CachedResponse.MayBeOutdated(type, response.GetProperty("url").GetString()!, response.GetProperty("status").GetInt32(), headers))
        {
            lock (_gate)
            {
                _isCacheStale = true;
            }
        }
    }
}
