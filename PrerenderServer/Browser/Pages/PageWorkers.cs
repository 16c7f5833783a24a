using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Attaches to the dedicated workers of a page, so that their requests count as requests of the page. Shared workers belong to no page, and their requests
/// are not seen.</summary>
/// <param name="connection">Connection to the browser.</param>
/// <param name="activity">Records their requests.</param>
/// <param name="maxWorkers">Maximum number of workers that run at the same time.</param>
/// <param name="callTimeout">Timeout of a call.</param>
/// <param name="exceeded">Called with the reason when the page starts another one. That worker does not run.</param>
internal sealed class PageWorkers(CdpConnection connection, PageActivity activity, int maxWorkers, TimeSpan callTimeout, Action<string> exceeded)
{
    // Only the receive loop uses it.
    private readonly HashSet<string> _running = [];
    private volatile TaskCompletionSource _ended = Ended();

    /// <summary>Completes when none is running. Workers end some time after their document.</summary>
    public Task AllEnded => _ended.Task;

    /// <summary>Subscribes to the events of a page.</summary>
    public void Watch(CdpSession page)
    {
        page.On("Target.attachedToTarget", attached => OnAttached(page, attached));
        page.On("Target.detachedFromTarget", detached =>
        {
            if (_running.Remove(detached.GetProperty("sessionId").GetString()!) && _running.Count == 0)
            {
                _ended.TrySetResult();
            }
        });
    }

    /// <summary>Forgets the sessions of the workers, whose end Chromium no longer reports once the page is detached.</summary>
    public void Forget()
    {
        foreach (var session in _running)
        {
            connection.Forget(session);
        }

        _running.Clear();
        _ended.TrySetResult();
    }

    /// <summary>Writes the parameters of <c>Target.setAutoAttach</c>. A worker waits until its requests are observed.</summary>
    public static void WriteAutoAttach(Utf8JsonWriter parameters)
    {
        parameters.WriteBoolean("autoAttach"u8, true);
        parameters.WriteBoolean("waitForDebuggerOnStart"u8, true);
        parameters.WriteBoolean("flatten"u8, true);
        parameters.WriteStartArray("filter"u8);
        parameters.WriteStartObject();
        parameters.WriteString("type"u8, "worker"u8);
        parameters.WriteEndObject();
        parameters.WriteEndArray();
    }

    private static TaskCompletionSource Ended()
    {
        var ended = new TaskCompletionSource();
        ended.SetResult();
        return ended;
    }

    private void OnAttached(CdpSession page, JsonElement attached)
    {
        var id = attached.GetProperty("sessionId").GetString()!;
        var worker = connection.Session(id);
        if (_running.Count == 0)
        {
            _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _running.Add(id);
        if (_running.Count > maxWorkers)
        {
            exceeded($"The page runs more than {maxWorkers} workers at the same time, the limit of Browser:MaxPageWorkers.");
            return;
        }

        worker.Quota = page.Quota;
        activity.WatchRequests(worker);
        worker.Post("Network.enable", static p => p.WriteNumber("maxPostDataSize"u8, InFlightRequest.MaxBodyBytes), callTimeout);
        worker.Post("Runtime.evaluate", p => p.WriteString("expression"u8, PageScripts.StartOfWorker), callTimeout);
        worker.Post("Runtime.runIfWaitingForDebugger", null, callTimeout);
    }
}
