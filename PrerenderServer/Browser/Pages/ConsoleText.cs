using System.Globalization;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Formats console output of a page.</summary>
internal static class ConsoleText
{
    /// <summary>Formats a call of a console method as its arguments and its location.</summary>
    public static string Format(JsonElement call)
    {
        var text = string.Join(' ', call.GetProperty("args").EnumerateArray().Select(TextOf));
        return call.TryGetProperty("stackTrace", out var trace) && trace.GetProperty("callFrames").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } frame
            ? $"{text} ({LocationOf(frame)})" : text;
    }

    /// <summary>Formats the details of an exception: its description with the stack, or its text.</summary>
    public static string OfException(JsonElement thrown) =>
        thrown.TryGetProperty("exception", out var exception) && exception.TryGetProperty("description", out var described)
            ? described.GetString()! : thrown.GetProperty("text").GetString()!;

    private static string TextOf(JsonElement argument) =>
        argument.TryGetProperty("value", out var value) ? value.ToString()
        : argument.TryGetProperty("description", out var described) ? described.GetString()!
        : argument.GetProperty("type").GetString()!;

    private static string LocationOf(JsonElement frame) => string.Create(CultureInfo.InvariantCulture,
        $"{frame.GetProperty("url").GetString()}:{frame.GetProperty("lineNumber").GetInt32() + 1}:{frame.GetProperty("columnNumber").GetInt32() + 1}");
}
