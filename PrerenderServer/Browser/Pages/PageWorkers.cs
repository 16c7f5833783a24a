using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Attaches to the dedicated workers of a page, so that their requests count as requests of the page. Shared workers belong to no page, and their requests
/// are not seen.</summary>
internal sealed class PageWorkers(CdpConnection connection, PageActivity activity, TimeSpan callTimeout)
{
    /// <summary>Subscribes to the events of a page.</summary>
    public void Watch(CdpSession page) => page.On("Target.attachedToTarget", OnAttached);

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

    private void OnAttached(JsonElement attached)
    {
        var worker = connection.Session(attached.GetProperty("sessionId").GetString()!);
        activity.WatchRequests(worker);
        worker.Post("Network.enable", null, callTimeout);
        worker.Post("Runtime.runIfWaitingForDebugger", null, callTimeout);
    }
}
