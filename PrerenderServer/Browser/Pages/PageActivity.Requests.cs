using System.Globalization;
using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>The requests of a page and its workers.</summary>
internal sealed partial class PageActivity
{
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
        foreach (var name in (string[])["Network.webSocketFrameReceived", "Network.eventSourceMessageReceived"])
        {
            session.On(name, message => OnMessage(IdOf(message)));
        }

        foreach (var name in (string[])["Network.webSocketFrameError", "Network.webSocketClosed"])
        {
            session.On(name, socket => Remove(IdOf(socket)));
        }
    }

    private void OnRequest(string id, JsonElement sent) => Add(id, InFlightRequest.Of(sent, time.GetTimestamp()));

    private void OnSocket(string id, string url) => Add(id, InFlightRequest.OfSocket(url, time.GetTimestamp()));

    private void Add(string id, InFlightRequest request)
    {
        lock (_gate)
        {
            if (request is { IsAwaited: true, IsOfMessages: false } && !request.Sent.IsSafe)
            {
                // It may change what the server answers: an app reads its data again after it has signed in, or has written.
                _answered.RemoveWhere(static answered => answered.IsSafe);
            }

            // A request that repeats an answered one is a poll.
            request = request with { IsAwaited = request.IsAwaited && !_answered.Contains(request.Sent) };
            if (_inFlight.TryGetValue(id, out var redirected))
            {
                SeriesOf(redirected)?.End();
            }

            request = request with { IsPoll = SeriesOf(request)?.Begin() ?? false };
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
        var response = received.GetProperty("response");
        var status = response.GetProperty("status").GetInt32();
        lock (_gate)
        {
            if (_inFlight.TryGetValue(id, out var found))
            {
                request = found;
                Note(found);
                _inFlight[id] = found with { RespondedAt = time.GetTimestamp(), IsFinite = IsFinite(response.GetProperty("mimeType").GetString()!) };
                // What is not ready, or was refused, may come at the next attempt.
                if (status is < 400 and not 202 && _answered.Count < MaxAnswered)
                {
                    _answered.Add(found.Sent);
                }

                _missing.Record(found, status.ToString(CultureInfo.InvariantCulture));

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

    /// <summary>The page waits for the first message only.</summary>
    private void OnMessage(string id)
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
        // A request that the visit itself blocks did not fail.
        if (Remove(id) is not { } failed || error.StartsWith("net::ERR_BLOCKED_BY_CLIENT", StringComparison.Ordinal))
        {
            return;
        }

        lock (_gate)
        {
            _missing.Record(failed, error);
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
            (_frame, _document) = (frame.GetProperty("id").GetString(), loader);
            foreach (var (id, request) in _inFlight.Where(f => f.Value.Loader != loader))
            {
                _inFlight.Remove(id);
                SeriesOf(request)?.End();
            }

            _lastChange = time.GetTimestamp();
        }
    }

    /// <summary>Removes the request of a document that has stopped loading, as by <c>window.stop()</c>: its end is not reported.</summary>
    private void OnStopped(JsonElement stopped)
    {
        lock (_gate)
        {
            if (stopped.GetProperty("frameId").ValueEquals(_frame))
            {
                foreach (var (id, request) in _inFlight.Where(f => IsOfPage(f.Value)))
                {
                    _inFlight.Remove(id);
                    Note(request);
                }
            }
        }
    }

    private TimeSpan Remaining(TimeSpan quiet)
    {
        lock (_gate)
        {
            // While a request is in flight, polling every quarter of the window is enough.
            return Awaited().Any(f => !f.IsPoll) ? quiet / 4 : quiet - time.GetElapsedTime(_lastChange);
        }
    }

    private IEnumerable<InFlightRequest> Awaited() => _inFlight.Values.Where(f =>
        f.IsAwaited && !IsUnanswered(f) && !IsStream(f) && !(f.IsOfMessages && time.GetElapsedTime(f.SentAt) > s_firstMessage));

    /// <summary>Whether its body may go on for ever. That of the page's document ends: what is not received of it is missing.</summary>
    private bool IsStream(InFlightRequest request) =>
        request.RespondedAt is { } responded && !request.IsFinite && !IsOfPage(request) && time.GetElapsedTime(responded) > s_streamAfter;

    private bool IsUnanswered(InFlightRequest request) =>
        !request.IsOfMessages && !IsStream(request) && !IsOfPage(request) && time.GetElapsedTime(request.RespondedAt ?? request.SentAt) > s_unansweredAfter;

    private bool IsOfPage(InFlightRequest request) => request.IsDocument && request.Loader == _document;

    /// <summary>Whether the body of a media type ends. Streams are sent as lines, as events, as parts that replace each other, or as bytes of any kind.</summary>
    private static bool IsFinite(string mediaType) => mediaType is "application/json" or "application/javascript" or "application/xml" or "application/graphql-response+json" or "multipart/mixed"
        or "text/html" or "text/css" or "text/javascript" or "text/xml" or "text/csv" or "text/markdown" || mediaType.EndsWith("+json", StringComparison.Ordinal) || mediaType.EndsWith("+xml", StringComparison.Ordinal);

    private InFlightRequest? Remove(string id)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove(id, out var found))
            {
                return null;
            }

            Note(found);
            SeriesOf(found)?.End();
            return found;
        }
    }

    /// <summary>The series of a request; null if the page does not wait for it.</summary>
    private RequestSeries? SeriesOf(InFlightRequest request)
    {
        if (!request.IsAwaited || request.IsOfMessages || request.IsDocument)
        {
            return null;
        }

        var shape = request.Sent.Shape;
        if (!_series.TryGetValue(shape, out var series) && _series.Count < MaxAnswered)
        {
            _series[shape] = series = new(time);
        }

        return series;
    }

    /// <summary>Restarts the quiet period, unless the page does not wait for the request.</summary>
    private void Note(InFlightRequest request)
    {
        if (request.IsAwaited && request.IsPoll)
        {
            _lastPoll = time.GetTimestamp();
        }
        else if (request.IsAwaited)
        {
            _lastChange = time.GetTimestamp();
        }
    }
}
