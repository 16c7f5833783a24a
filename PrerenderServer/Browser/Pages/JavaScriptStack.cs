using System.Globalization;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Formats the call frames of a paused page.</summary>
internal static class JavaScriptStack
{
    private const int MaxFrames = 30;

    /// <summary>One line per frame, innermost first, as <c>at name (url:line:column)</c>. Lines and columns start at 1.</summary>
    public static string Describe(JsonElement callFrames) => string.Join('\n', callFrames.EnumerateArray().Take(MaxFrames).Select(frame =>
    {
        var (name, place) = (frame.GetProperty("functionName").GetString(), frame.GetProperty("location"));
        var url = frame.TryGetProperty("url", out var known) && known.GetString() is { Length: > 0 } text ? text : "inline script";
        return string.Create(CultureInfo.InvariantCulture,
            $"at {(string.IsNullOrEmpty(name) ? "(anonymous)" : name)} ({url}:{place.GetProperty("lineNumber").GetInt32() + 1}:{ColumnOf(place) + 1})");
    }));

    private static int ColumnOf(JsonElement place) => place.TryGetProperty("columnNumber", out var column) ? column.GetInt32() : 0;
}
