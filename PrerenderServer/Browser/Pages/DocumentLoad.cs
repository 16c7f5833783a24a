using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using ShellTokens = Fleet.Registry.HostShells.ShellToken;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What the protocol tells of the documents that a page's main frame loads: redirects, the response, the commit. Events of a load may come
/// before the answer to the command that began it, so they are kept by loader until the next load begins.</summary>
internal sealed class DocumentLoad
{
    private const int MaxLoads = 50;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Load> _loads = [];
    private string? _frame;
    private volatile string? _current;

    /// <summary>Loader of the document that the main frame shows; null before the first. A page may go on to another one by itself at any time.</summary>
    public string? Current => _current;

    /// <summary>Listens to a page.</summary>
    /// <param name="session">The page's session.</param>
    /// <param name="frame">Its main frame.</param>
    public void Watch(CdpSession session, string frame)
    {
        _frame = frame;
        session.On("Network.requestWillBeSent", OnRequest);
        session.On("Network.responseReceived", OnResponse);
        session.On("Page.frameNavigated", OnNavigated);
    }

    /// <summary>Forgets earlier loads.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _loads.Clear();
        }
    }

    /// <summary>The load of this loader.</summary>
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
                        // A page that navigates for ever. The loads that it leaves behind are nobody's.
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
            load.LastUrl = sent.GetProperty("request").GetProperty("url").GetString();
            if (load.Redirect is null && sent.TryGetProperty("redirectResponse", out var redirect))
            {
                load.Redirect = (redirect.GetProperty("status").GetInt32(), load.LastUrl!);
            }
        }
    }

    private void OnResponse(JsonElement received)
    {
        if (IsMainDocument(received, out var loader))
        {
            var response = received.GetProperty("response");
            this[loader].Response.TrySetResult(new(response.GetProperty("status").GetInt32(), TokenOf(response.GetProperty("headers")), loader));
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

    // A document's request has the id of its loader; what the document asks for then has others.
    private bool IsMainDocument(JsonElement parameters, out string loader)
    {
        loader = parameters.GetProperty("loaderId").GetString()!;
        return parameters.GetProperty("requestId").ValueEquals(loader)
            && parameters.TryGetProperty("frameId", out var frame) && frame.ValueEquals(_frame);
    }

    private static string? TokenOf(JsonElement headers)
    {
        var said = headers.EnumerateObject().FirstOrDefault(h => h.Name.Equals(FleetHeaders.HostShell, StringComparison.OrdinalIgnoreCase));
        return said.Value.ValueKind == JsonValueKind.String && ShellTokens.TryNormalize(said.Value.GetString(), out var token) ? token : null;
    }

    /// <summary>One load.</summary>
    internal sealed class Load
    {
        /// <summary>The URL that was asked for last: the end of a chain of redirects.</summary>
        public string? LastUrl { get; set; }

        /// <summary>The first redirect: its status, and where it led.</summary>
        public (int Status, string Url)? Redirect { get; set; }

        /// <summary>Ends when the response has begun.</summary>
        public TaskCompletionSource<DocumentResponse> Response { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the page has left the old document for this one.</summary>
        public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The response of a document.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ShellToken">The shell token it names.</param>
/// <param name="RequestId">Chromium's name of the request.</param>
internal sealed record DocumentResponse(int Status, string? ShellToken, string RequestId);
