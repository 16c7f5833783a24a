using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Records console errors, failed requests and requests in flight of a page during a render. Lists are bounded. The receive loop writes it; the render
/// reads it. Requests are recorded only while the page's Network domain is enabled: during boots and document renders.</summary>
internal sealed class PageActivity(TimeProvider time)
{
    private const int MaxLines = 20;
    private const int MaxLineLength = 500;
    private const int MaxAnswered = 2_000;
    private const int MaxInFlight = 5_000;
    private const int MaxBroken = 100;

    /// <summary>A response whose body takes longer than this after its headers counts as a stream and no longer as in flight, except the page's document: what is not received of it is
    /// missing.</summary>
    private static readonly TimeSpan s_streamAfter = TimeSpan.FromSeconds(2);

    /// <summary>A request without a response for longer than this no longer counts as in flight, but as unanswered: a long poll, or a server that hangs.</summary>
    private static readonly TimeSpan s_unansweredAfter = TimeSpan.FromSeconds(5);

    /// <summary>A web socket or an event stream counts as in flight until its first message, and at most for this time after it is opened: an app may show what it is told
    /// first, and then goes on listening.</summary>
    private static readonly TimeSpan s_firstMessage = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, InFlightRequest> _inFlight = [];
    private readonly HashSet<InFlightRequest.Content> _answered = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _failed = [];
    /// <summary>The documents, by their loader, whose body was not received completely: Chromium's code.</summary>
    private readonly Dictionary<string, string> _broken = [];
    private string? _document;
    private long _lastChange = time.GetTimestamp();
    private (string Request, TimeSpan Duration)? _slowest;

    /// <summary>Console errors and uncaught exceptions, oldest first.</summary>
    public IReadOnlyList<string> Errors
    {
        get { lock (_gate) { return [.. _errors]; } }
    }

    /// <summary>Requests that failed or returned a status of 400 or above, oldest first.</summary>
    public IReadOnlyList<string> FailedRequests
    {
        get { lock (_gate) { return [.. _failed]; } }
    }

    /// <summary>Chromium's code, as <c>ERR_CONNECTION_RESET</c>, if the body of the page's document was cut off or could not be decoded, so that the page shows a part of it; null otherwise.
    /// A document that the page itself stopped loading is not one of them.</summary>
    public string? DocumentFailure
    {
        get { lock (_gate) { return _document is not null && _broken.TryGetValue(_document, out var code) ? code : null; } }
    }

    /// <summary>URLs of the requests in flight.</summary>
    public IReadOnlyList<string> InFlight
    {
        get { lock (_gate) { return [.. Awaited().Take(MaxLines).Select(f => Cut(f.Url))]; } }
    }

    /// <summary>Whether the page still receives something that does not count as in flight: a web socket, an event stream, or a long body.</summary>
    public bool IsStreaming
    {
        get { lock (_gate) { return _inFlight.Values.Any(f => f.IsOfMessages || (f.IsAwaited && f.RespondedAt is { } responded && time.GetElapsedTime(responded) > s_streamAfter)); } }
    }

    /// <summary>Requests that have had no response for so long that they no longer count as in flight.</summary>
    public IReadOnlyList<string> Unanswered
    {
        get { lock (_gate) { return [.. _inFlight.Values.Where(f => f.IsAwaited && IsUnanswered(f)).Take(MaxLines).Select(f => Cut($"{f.Method} {f.Url}"))]; } }
    }

    /// <summary>The request that took longest to be answered, and how long; null before the first.</summary>
    public (string Request, TimeSpan Duration)? Slowest
    {
        get { lock (_gate) { return _slowest; } }
    }

    /// <summary>Clears the records of earlier renders.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _answered.Clear();
            _slowest = null;
            _errors.Clear();
            _failed.Clear();
            _broken.Clear();
            _document = null;
            _inFlight.Clear();
            _lastChange = time.GetTimestamp();
        }
    }

    /// <summary>Clears the requests of earlier documents, which are not reported any more.</summary>
    public void BeginDocument()
    {
        lock (_gate)
        {
            _inFlight.Clear();
            _lastChange = time.GetTimestamp();
        }
    }

    /// <summary>Waits until no request has been in flight for <paramref name="quiet"/>.</summary>
    public async Task WaitForQuietAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        while (Remaining(quiet) is { } remaining && remaining > TimeSpan.Zero)
        {
            await Task.Delay(remaining, time, cancellationToken);
        }
    }

    /// <summary>Whether no request has been in flight for <paramref name="quiet"/>.</summary>
    public bool IsQuiet(TimeSpan quiet) => Remaining(quiet) <= TimeSpan.Zero;

    /// <summary>Subscribes to the events of a page.</summary>
    public void Watch(CdpSession session)
    {
        session.On("Runtime.consoleAPICalled", call =>
        {
            if (call.GetProperty("type").ValueEquals("error"))
            {
                Add(_errors, ConsoleText.Format(call));
            }
        });
        session.On("Runtime.exceptionThrown", thrown => Add(_errors, ConsoleText.OfException(thrown.GetProperty("exceptionDetails"))));
        WatchRequests(session);
        session.On("Page.frameNavigated", OnNavigated);
    }

    /// <summary>Subscribes to the requests of a page or of one of its workers.</summary>
    public void WatchRequests(CdpSession session)
    {
        // Request ids are unique in a session.
        string IdOf(JsonElement parameters) => $"{session.SessionId} {parameters.GetProperty("requestId").GetString()}";
        session.On("Network.requestWillBeSent", sent => OnRequest(IdOf(sent), sent));
        session.On("Network.responseReceived", received => OnResponse(IdOf(received), received));
        session.On("Network.loadingFinished", finished => Remove(IdOf(finished)));
        session.On("Network.loadingFailed", failure => OnFailed(IdOf(failure), failure));
        session.On("Network.webSocketCreated", created => OnSocket(IdOf(created), created.GetProperty("url").GetString()!));
        foreach (var told in (string[])["Network.webSocketFrameReceived", "Network.eventSourceMessageReceived"])
        {
            session.On(told, message => OnTold(IdOf(message)));
        }

        foreach (var ended in (string[])["Network.webSocketFrameError", "Network.webSocketClosed"])
        {
            session.On(ended, socket => Remove(IdOf(socket)));
        }
    }

    private void OnRequest(string id, JsonElement sent) => Add(id, InFlightRequest.Of(sent, time.GetTimestamp()));

    private void OnSocket(string id, string url) => Add(id, InFlightRequest.OfSocket(url, time.GetTimestamp()));

    private void Add(string id, InFlightRequest request)
    {
        lock (_gate)
        {
            // A request that repeats an answered one is a poll.
            request = request with { IsAwaited = request.IsAwaited && !_answered.Contains(request.Sent) };
            if (_inFlight.Count < MaxInFlight || _inFlight.ContainsKey(id))
            {
                _inFlight[id] = request;
            }

            Note(request);
        }
    }

    private void OnResponse(string id, JsonElement received)
    {
        var request = default(InFlightRequest?);
        var status = received.GetProperty("response").GetProperty("status").GetInt32();
        lock (_gate)
        {
            if (_inFlight.TryGetValue(id, out var found))
            {
                request = found;
                Note(found);
                _inFlight[id] = found with { RespondedAt = time.GetTimestamp() };
                // An overloaded server may give the content at the next attempt.
                if (status is not (408 or 425 or 429 or >= 500) && _answered.Count < MaxAnswered)
                {
                    _answered.Add(found.Sent);
                }

                if (time.GetElapsedTime(found.SentAt) is var duration && found.IsAwaited && (_slowest is null || duration > _slowest.Value.Duration))
                {
                    _slowest = (Cut($"{found.Method} {found.Url}"), duration);
                }
            }
        }

        if (status >= 400 && request is { } failed)
        {
            Add(_failed, $"{failed.Method} {failed.Url}: {status}");
        }
    }

    /// <summary>What is told first is what the page waited for.</summary>
    private void OnTold(string id)
    {
        lock (_gate)
        {
            if (_inFlight.TryGetValue(id, out var found))
            {
                Note(found);
                _inFlight[id] = found with { IsAwaited = false };
            }
        }
    }

    private void OnFailed(string id, JsonElement failure)
    {
        var error = failure.GetProperty("errorText").GetString()!;
        // What the visit itself blocks is no failure.
        if (Remove(id) is not { } failed || error.StartsWith("net::ERR_BLOCKED_BY_CLIENT", StringComparison.Ordinal))
        {
            return;
        }

        Add(_failed, $"{failed.Method} {failed.Url}: {error}");
        // The request of a document has the id of its loader.
        if (failure.GetProperty("requestId").ValueEquals(failed.Loader) && error != "net::ERR_ABORTED")
        {
            lock (_gate)
            {
                if (_broken.Count < MaxBroken)
                {
                    _broken[failed.Loader] = error.Replace("net::", "", StringComparison.Ordinal);
                }
            }
        }
    }

    /// <summary>Removes the requests of the previous document, which Chromium does not report as cancelled.</summary>
    private void OnNavigated(JsonElement navigated)
    {
        var frame = navigated.GetProperty("frame");
        if (frame.TryGetProperty("parentId", out _))
        {
            return;
        }

        var loader = frame.GetProperty("loaderId").GetString();
        lock (_gate)
        {
            _document = loader;
            foreach (var (id, _) in _inFlight.Where(f => f.Value.Loader != loader))
            {
                _inFlight.Remove(id);
            }

            _lastChange = time.GetTimestamp();
        }
    }

    private TimeSpan Remaining(TimeSpan quiet)
    {
        lock (_gate)
        {
            // While a request is in flight, polling every quarter of the window is enough.
            return Awaited().Any() ? quiet / 4 : quiet - time.GetElapsedTime(_lastChange);
        }
    }

    private IEnumerable<InFlightRequest> Awaited() => _inFlight.Values.Where(f =>
        f.IsAwaited && !IsUnanswered(f) && !(f.RespondedAt is { } responded && time.GetElapsedTime(responded) > s_streamAfter && !(f.IsDocument && f.Loader == _document))
        && !(f.IsOfMessages && time.GetElapsedTime(f.SentAt) > s_firstMessage));

    private bool IsUnanswered(InFlightRequest request) => request.RespondedAt is null && !request.IsOfMessages && time.GetElapsedTime(request.SentAt) > s_unansweredAfter;

    private InFlightRequest? Remove(string id)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove(id, out var found))
            {
                return null;
            }

            Note(found);
            return found;
        }
    }

    /// <summary>Restarts the quiet period, unless the page does not wait for the request.</summary>
    private void Note(InFlightRequest request)
    {
        if (request.IsAwaited)
        {
            _lastChange = time.GetTimestamp();
        }
    }

    private void Add(List<string> lines, string line)
    {
        lock (_gate)
        {
            if (lines.Count < MaxLines)
            {
                lines.Add(Cut(line));
            }
        }
    }

    private static string Cut(string line) => line.Length <= MaxLineLength ? line : line[..MaxLineLength] + "…";
}
