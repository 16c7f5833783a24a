using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Microsoft.Net.Http.Headers;
using ShellTokens = Fleet.Registry.HostShells.ShellToken;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Tracks the documents that a page's main frame loads: redirects, the response, and the commit. Events of a load may arrive before the reply to
/// the command that started it, so they are kept by loader id until the next load starts.</summary>
internal sealed class DocumentLoad
{
    private const int MaxLoads = 50;
    private static readonly HashSet<string> s_searchHeaders = new(StringComparer.OrdinalIgnoreCase) { "X-Robots-Tag", HeaderNames.ContentLanguage, HeaderNames.Link, HeaderNames.RetryAfter };
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Load> _loads = [];
    private string? _frame;
    private volatile string? _current;

    /// <summary>Loader id of the current document of the main frame; null before the first. The page may navigate by itself at any time.</summary>
    public string? Current => _current;

    /// <summary>Subscribes to the events of a page.</summary>
    /// <param name="session">The page's session.</param>
    /// <param name="frame">Id of its main frame.</param>
    public void Watch(CdpSession session, string frame)
    {
        _frame = frame;
        session.On("Network.requestWillBeSent", OnRequest);
        session.On("Network.responseReceived", OnResponse);
        session.On("Page.frameNavigated", OnNavigated);
    }

    /// <summary>Removes earlier loads.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _loads.Clear();
        }
    }

    /// <summary>The load with this loader id; created if needed.</summary>
    public Load this[string loader]
    {
        get
        {
            lock (_gate)
            {
                if (!_loads.TryGetValue(loader, out var load))
                {
                    if (_loads.Count >= MaxLoads)
                    {
                        // The page navigates in an endless loop. Its earlier loads are no longer awaited.
                        _loads.Clear();
                    }

                    _loads[loader] = load = new Load();
                }

                return load;
            }
        }
    }

    private void OnRequest(JsonElement sent)
    {
        if (IsMainDocument(sent, out var loader))
        {
            var load = this[loader];
            var request = sent.GetProperty("request");
            load.LastUrl = request.GetProperty("url").GetString();
            if (load.Redirect is null && sent.TryGetProperty("redirectResponse", out var redirect))
            {
                // An app that routes by the fragment needs it.
                var fragment = request.TryGetProperty("urlFragment", out var text) ? text.GetString() : "";
                load.Redirect = (redirect.GetProperty("status").GetInt32(), load.LastUrl + fragment);
            }
        }
    }

    private void OnResponse(JsonElement received)
    {
        if (IsMainDocument(received, out var loader))
        {
            var response = received.GetProperty("response");
            var headers = response.GetProperty("headers");
            this[loader].Response.TrySetResult(new(response.GetProperty("status").GetInt32(), TokenOf(headers), loader, SearchHeadersOf(headers), Header(headers, "Refresh")));
        }
    }

    private void OnNavigated(JsonElement navigated)
    {
        var frame = navigated.GetProperty("frame");
        if (frame.GetProperty("id").ValueEquals(_frame))
        {
            _current = frame.GetProperty("loaderId").GetString()!;
            this[_current].Committed.TrySetResult();
        }
    }

    // The request id of a document equals its loader id; subresources have other ids.
    private bool IsMainDocument(JsonElement parameters, out string loader)
    {
        loader = parameters.GetProperty("loaderId").GetString()!;
        return parameters.GetProperty("requestId").ValueEquals(loader)
            && parameters.TryGetProperty("frameId", out var frame) && frame.ValueEquals(_frame);
    }

    private static string? TokenOf(JsonElement headers) => ShellTokens.TryNormalize(Header(headers, FleetHeaders.HostShell), out var token) ? token : null;

    private static string? Header(JsonElement headers, string name)
    {
        var header = headers.EnumerateObject().FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return header.Value.ValueKind == JsonValueKind.String ? header.Value.GetString() : null;
    }

    // What search engines read besides the document. A Link header that only preloads is of no use to them.
    private static Dictionary<string, string>? SearchHeadersOf(JsonElement headers)
    {
        Dictionary<string, string>? found = null;
        foreach (var header in headers.EnumerateObject())
        {
            // Chromium writes several headers of a name below each other.
            if (s_searchHeaders.Contains(header.Name) && header.Value.GetString()!.Replace("\n", ", ", StringComparison.Ordinal) is var value
                && (!header.Name.Equals(HeaderNames.Link, StringComparison.OrdinalIgnoreCase) || value.Contains("canonical", StringComparison.OrdinalIgnoreCase)))
            {
                (found ??= new(StringComparer.OrdinalIgnoreCase))[header.Name] = value;
            }
        }

        return found;
    }

    /// <summary>The load of one document.</summary>
    internal sealed class Load
    {
        /// <summary>The last requested URL: the end of the redirect chain.</summary>
        public string? LastUrl { get; set; }

        /// <summary>Status and target of the first redirect; null if there is none.</summary>
        public (int Status, string Url)? Redirect { get; set; }

        /// <summary>Completes when the response headers have arrived.</summary>
        public TaskCompletionSource<DocumentResponse> Response { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when this document has replaced the previous one.</summary>
        public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The response of a document.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ShellToken">The host shell token in its headers; null if there is none.</param>
/// <param name="RequestId">Chromium's id of the request.</param>
/// <param name="SearchHeaders">The headers for search engines; null for none.</param>
/// <param name="Refresh">The <c>Refresh</c> header, which means the same as <c>meta refresh</c>; null without one.</param>
internal sealed record DocumentResponse(int Status, string? ShellToken, string RequestId, IReadOnlyDictionary<string, string>? SearchHeaders, string? Refresh);
