using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;
using Fleet.Manager.Telemetry;

namespace Fleet.Manager.Dashboard;

/// <summary>The stream of the fleet page: a document, and then what changes in it. Lists are objects by key, so that a patch names what has changed and the page touches
/// nothing else.</summary>
internal sealed class FleetPageStream(FleetStatusSource status, RenderHistory history, TimeProvider timeProvider)
{
    /// <summary>Maximum time between two snapshots: alerts and the history change with time.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Maximum time between two events, so that the page can tell a fleet that is idle from a connection that is dead.</summary>
    private static readonly TimeSpan s_repeat = TimeSpan.FromSeconds(5);

    /// <summary>Yields the event <c>fleet</c> with the document, then <c>patch</c> with merge patches, until cancelled.</summary>
    /// <param name="isTrusted">As for <see cref="FleetStatusSource.Current"/>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SseItem<string>> WatchAsync(bool isTrusted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JsonObject? before = null;
        var sentAt = timeProvider.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = status.Changed;
            var (at, after) = Describe(status.Current(isTrusted), history.Points);
            var content = before is null ? after.DeepClone().AsObject() : MergePatch.Between(before, after);
            if (content.Count > 0 || timeProvider.GetElapsedTime(sentAt) >= s_repeat)
            {
                content["at"] = at;
                sentAt = timeProvider.GetTimestamp();
                yield return new SseItem<string>(content.ToJsonString(FleetJson.Options), before is null ? "fleet" : "patch");
            }

            before = after;
            if (!await status.PauseAsync(changed, s_look, cancellationToken))
            {
                yield break;
            }
        }
    }

    /// <summary>The document and its time, which alone is no change.</summary>
    internal static (JsonNode At, JsonObject Document) Describe(FleetStatus status, IReadOnlyList<HistoryPoint> history)
    {
        var document = JsonSerializer.SerializeToNode(status, FleetJson.Options)!.AsObject();
        var at = document["at"]!.DeepClone();
        document.Remove("at");
        document["servers"] = ByKey(document["servers"]!, server => (string)server["record"]!["incarnation"]!);
        foreach (var (_, server) in document["servers"]!.AsObject())
        {
            server!["record"]!["slotStates"] = ByKey(server["record"]!["slotStates"]!, slot => $"{slot["slot"]}");
        }

        document["realms"] = ByKey(document["realms"]!, realm => (string)realm["url"]!);
        document["services"] = ByKey(document["services"]!, service => (string)service["name"]!);
        document["queues"] = ByKey(document["queues"]!, queue => (string)queue["affinity"]!);
        document["history"] = new JsonObject(history.Select(point => KeyValuePair.Create(
            point.At.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)new JsonArray([.. point.Values.Select(value => JsonValue.Create(value))]))));
        return (at, document);
    }

    private static JsonObject ByKey(JsonNode list, Func<JsonNode, string> key)
    {
        var byKey = new JsonObject();
        foreach (var item in list.AsArray())
        {
            byKey[key(item!)] = item!.DeepClone();
        }

        return byKey;
    }
}
