using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Records console errors, failed requests and requests in flight of a page during a render. Lists are bounded. The receive loop writes it; the render
/// reads it. Requests are recorded only while the page's Network domain is enabled: during boots and document renders.</summary>
internal sealed partial class PageActivity(TimeProvider time)
{
    private const int MaxLines = 20;
    private const int MaxLineLength = 500;
    private const int MaxAnswered = 2_000;
    private const int MaxInFlight = 5_000;
    private const int MaxBroken = 100;

    /// <summary>A response whose body takes longer than this after its headers counts as a stream and no longer as in flight, unless it is of a kind that ends.</summary>
    private static readonly TimeSpan s_streamAfter = TimeSpan.FromSeconds(2);

    /// <summary>A request without a response, or without the rest of a body that ends, for longer than this no longer counts as in flight, but as unanswered: a long poll, or a server that
    /// hangs.</summary>
    private static readonly TimeSpan s_unansweredAfter = TimeSpan.FromSeconds(5);

    /// <summary>A web socket or an event stream counts as in flight until its first message, and at most for this time after it is opened: an app may show the first
    /// message, and then keeps listening.</summary>
    private static readonly TimeSpan s_firstMessage = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, InFlightRequest> _inFlight = [];
    private readonly HashSet<InFlightRequest.Content> _answered = [];
    private readonly Dictionary<string, RequestSeries> _series = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _failed = [];
    private readonly RequestFailures _missing = new();

    /// <summary>The documents, by their loader, whose body was not received completely: Chromium's code.</summary>
    private readonly Dictionary<string, string> _broken = [];
    private string? _frame;
    private string? _document;
    private long _lastChange = time.GetTimestamp();
    private long _lastPoll = time.GetTimestamp();
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

    /// <summary>The first failed request that suggests that the page lacks content; null if there is none.</summary>
    public string? MissingContent
    {
        get { lock (_gate) { return _missing.First is { } request ? Cut(request) : null; } }
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
        get { lock (_gate) { return _inFlight.Values.Any(f => f.IsOfMessages || (f.IsAwaited && IsStream(f))); } }
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
            _series.Clear();
            _slowest = null;
            _errors.Clear();
            _failed.Clear();
            _missing.Clear();
            _broken.Clear();
            _document = null;
            _inFlight.Clear();
            _lastChange = time.GetTimestamp();
        }
    }

    /// <summary>Clears the requests of earlier documents, which are no longer reported.</summary>
    public void BeginDocument()
    {
        lock (_gate)
        {
            _inFlight.Clear();
            _lastChange = time.GetTimestamp();
        }
    }

    /// <summary>Waits until no request other than polls has been in flight for <paramref name="quiet"/>.</summary>
    public async Task WaitForQuietAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        while (Remaining(quiet) is { } remaining && remaining > TimeSpan.Zero)
        {
            await Task.Delay(remaining, time, cancellationToken);
        }
    }

    /// <summary>Whether no request other than polls has been in flight for <paramref name="quiet"/>.</summary>
    public bool IsQuiet(TimeSpan quiet) => Remaining(quiet) <= TimeSpan.Zero;

    /// <summary>Whether a poll has been in flight during the last <paramref name="quiet"/>.</summary>
    public bool IsPolling(TimeSpan quiet)
    {
        lock (_gate) { return Awaited().Any(f => f.IsPoll) || time.GetElapsedTime(_lastPoll) < quiet; }
    }

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
        session.On("Page.frameStoppedLoading", OnStopped);
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
