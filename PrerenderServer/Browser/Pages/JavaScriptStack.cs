using System.Globalization;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>The call frames of a paused page, as text.</summary>
internal static class JavaScriptStack
{
    private const int MostFrames = 30;

    /// <summary>One line per frame, innermost first: <c>at name (url:line:column)</c>; lines and columns count from 1.</summary>
    public static string Describe(JsonElement callFrames) => string.Join('\n', callFrames.EnumerateArray().Take(MostFrames).Select(frame =>
    {
        var (name, place) = (frame.GetProperty("functionName").GetString(), frame.GetProperty("location"));
        var url = frame.TryGetProperty("url", out var known) && known.GetString() is { Length: > 0 } text ? text : "inline script";
        return string.Create(CultureInfo.InvariantCulture,
            $"at {(string.IsNullOrEmpty(name) ? "(anonymous)" : name)} ({url}:{place.GetProperty("lineNumber").GetInt32() + 1}:{ColumnOf(place) + 1})");
    }));

    private static int ColumnOf(JsonElement place) => place.TryGetProperty("columnNumber", out var column) ? column.GetInt32() : 0;
}
