using System.Globalization;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What a page wrote to its console, as one line.</summary>
internal static class ConsoleText
{
    /// <summary>A call of <c>console.error</c>: its arguments and where it was made.</summary>
    public static string Format(JsonElement call)
    {
        var text = string.Join(' ', call.GetProperty("args").EnumerateArray().Select(TextOf));
        return call.TryGetProperty("stackTrace", out var trace) && trace.GetProperty("callFrames").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } frame
            ? $"{text} ({PlaceOf(frame)})" : text;
    }

    /// <summary>An exception that nobody caught.</summary>
    public static string OfException(JsonElement thrown) =>
        thrown.TryGetProperty("exception", out var exception) && exception.TryGetProperty("description", out var described)
            ? described.GetString()! : thrown.GetProperty("text").GetString()!;

    private static string TextOf(JsonElement argument) =>
        argument.TryGetProperty("value", out var value) ? value.ToString()
        : argument.TryGetProperty("description", out var described) ? described.GetString()!
        : argument.GetProperty("type").GetString()!;

    private static string PlaceOf(JsonElement frame) => string.Create(CultureInfo.InvariantCulture,
        $"{frame.GetProperty("url").GetString()}:{frame.GetProperty("lineNumber").GetInt32() + 1}:{frame.GetProperty("columnNumber").GetInt32() + 1}");
}
