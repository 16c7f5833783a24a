using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Records console errors, failed requests and requests in flight of a page during a render. Lists are bounded. The receive loop writes it; the render
/// reads it. Requests are recorded only while the page's Network domain is enabled: during boots and document renders.</summary>
internal sealed class PageActivity(TimeProvider time)
{
    private const int MaxLines = 20;
    private const int MaxLineLength = 500;

    /// <summary>A response whose body takes longer than this after its headers counts as a stream and no longer as in flight.</summary>
    private static readonly TimeSpan s_streamAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flight> _flights = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _failed = [];
    private long _lastChange = time.GetTimestamp();

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

    /// <summary>URLs of the requests in flight.</summary>
    public IReadOnlyList<string> InFlight
    {
        get { lock (_gate) { return [.. Awaited().Take(MaxLines).Select(f => Cut(f.Url))]; } }
    }

    /// <summary>Clears the records of earlier renders.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _errors.Clear();
            _failed.Clear();
            _flights.Clear();
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
        session.On("Network.requestWillBeSent", sent => Change(() => _flights[IdOf(sent)] = Flight.Of(sent)));
        session.On("Network.responseReceived", OnResponse);
        session.On("Network.loadingFinished", finished => Change(() => _flights.Remove(IdOf(finished))));
        session.On("Network.loadingFailed", OnFailed);
    }

    private void OnResponse(JsonElement received)
    {
        var flight = default(Flight?);
        Change(() =>
        {
            if (_flights.TryGetValue(IdOf(received), out var found))
            {
                flight = found;
                _flights[IdOf(received)] = found with { RespondedAt = time.GetTimestamp() };
            }
        });
        var status = received.GetProperty("response").GetProperty("status").GetInt32();
        if (status >= 400 && flight is { } failed)
        {
            Add(_failed, $"{failed.Method} {failed.Url}: {status}");
        }
    }

    private void OnFailed(JsonElement failure)
    {
        var flight = default(Flight?);
        Change(() => flight = _flights.Remove(IdOf(failure), out var found) ? found : null);
        if (flight is { } failed)
        {
            Add(_failed, $"{failed.Method} {failed.Url}: {failure.GetProperty("errorText").GetString()}");
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

    private IEnumerable<Flight> Awaited() => _flights.Values.Where(f =>
        f.Type is not ("WebSocket" or "EventSource" or "Ping" or "Media")
        && !(f.RespondedAt is { } responded && time.GetElapsedTime(responded) > s_streamAfter));

    private static string IdOf(JsonElement parameters) => parameters.GetProperty("requestId").GetString()!;

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
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

    private readonly record struct Flight(string Method, string Url, string Type, long? RespondedAt)
    {
        public static Flight Of(JsonElement sent)
        {
            var request = sent.GetProperty("request");
            return new(request.GetProperty("method").GetString()!, request.GetProperty("url").GetString()!,
                sent.TryGetProperty("type", out var type) ? type.GetString()! : "", null);
        }
    }
}
