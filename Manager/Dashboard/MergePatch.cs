using System.Text.Json.Nodes;

namespace Fleet.Manager.Dashboard;

/// <summary>Computes JSON merge patches (RFC 7396): what has changed between two documents. Arrays are replaced as a whole.</summary>
internal static class MergePatch
{
    /// <summary>The patch that turns <paramref name="before"/> into <paramref name="after"/>; empty when they are equal. The documents must not contain nulls, which mean removal.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (!before.TryGetPropertyValue(name, out var old))
            {
                patch[name] = value?.DeepClone();
            }
            else if (old is JsonObject oldObject && value is JsonObject newObject)
            {
                if (Between(oldObject, newObject) is { Count: > 0 } inner)
                {
                    patch[name] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(old, value))
            {
                patch[name] = value?.DeepClone();
            }
        }

        foreach (var (name, _) in before)
        {
            if (!after.ContainsKey(name))
            {
                patch[name] = null;
            }
        }

        return patch;
    }
}
