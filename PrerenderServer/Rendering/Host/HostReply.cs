using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Painting;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>Reads the answer of <c>fleet.render</c>. The host is a separate program of any version, so every member is validated.</summary>
internal static class HostReply
{
    private const int MaxDeps = 2_000;

    /// <summary>Reads an answer.</summary>
    /// <param name="json">The output of <c>render.js</c>.</param>
    /// <param name="formats">The requested formats.</param>
    /// <param name="realm">URL prefix of the fetched URLs that count as dependencies.</param>
    public static PageAnswer Read(string json, IReadOnlyList<RenderFormat> formats, string realm)
    {
        using var document = JsonDocument.Parse(PageJson.Mend(json));
        var root = document.RootElement;
        if (root.TryGetProperty("tooLarge", out var size))
        {
            return TooLarge(size.GetInt64());
        }

        if (!root.TryGetProperty("reply", out var reply) || reply.ValueKind != JsonValueKind.Object
            || !reply.TryGetProperty("status", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var status) || !PageStatusRules.IsAllowed(status))
        {
            return new() { Outcome = RenderOutcome.Unusable, Message = $"fleet.render did not return an object with a status that a page can have: {PageStatusRules.Allowed}." };
        }

        var answer = new PageAnswer
        {
            Outcome = OutcomeMapping.OfOwnStatus(status),
            Status = status,
            Formats = ReadFormats(reply, formats),
            Data = reply.TryGetProperty("data", out var data) && data.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? data.Clone() : null,
            Deps = [.. Strings(reply, "deps").Concat(Strings(root, "read").Where(u => u.StartsWith(realm, StringComparison.Ordinal))).Distinct().Take(MaxDeps)],
            Layout = ReadLayout(root),
            Message = status >= 400 ? $"The page answers with status {status}." : null,
        };
        if (FaultOf(answer.Formats) is { } fault)
        {
            answer = answer with { Outcome = RenderOutcome.Failed, Formats = new Dictionary<RenderFormat, string>(), Message = fault };
        }

        if (!reply.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
        {
            return answer;
        }

        return answer with
        {
            Outcome = OutcomeMapping.OfHostError(Text(error, "kind")),
            Message = Text(error, "message") ?? "The host reports an error without a message.",
            Stack = Text(error, "stack"),
        };
    }

    /// <summary>Explains why a format cannot be embedded in a document; null if all can.</summary>
    private static string? FaultOf(IReadOnlyDictionary<RenderFormat, string> formats)
    {
        foreach (var (format, text) in formats)
        {
            if (format != RenderFormat.Markdown && HostMarkup.FaultOf(text) is { } fault)
            {
                return $"The host's '{HostFormats.NameOf(format)}' {fault}";
            }
        }

        return null;
    }

    /// <summary>What the render used of the layout; null if the document does not tell.</summary>
    private static LayoutUse? ReadLayout(JsonElement root) =>
        root.TryGetProperty("layout", out var layout) && layout.ValueKind == JsonValueKind.Object
            ? new(Text(layout, "read") is { Length: > 0 } read ? read : null, Text(layout, "observes") is { Length: > 0 } observes ? observes : null)
            : null;

    /// <summary>The answer for a result that exceeds <c>Rendering:MaxResultMb</c>.</summary>
    public static PageAnswer TooLarge(long characters) => new()
    {
        Outcome = RenderOutcome.Failed,
        Message = $"The result has {characters} characters, more than Rendering:MaxResultMb allows.",
    };

    /// <summary>The requested formats that an answer contains.</summary>
    public static Dictionary<RenderFormat, string> ReadFormats(JsonElement reply, IReadOnlyList<RenderFormat> wanted)
    {
        var formats = new Dictionary<RenderFormat, string>();
        foreach (var format in wanted)
        {
            if (format is RenderFormat.Html or RenderFormat.Data)
            {
                continue;
            }

            var name = HostFormats.NameOf(format);
            if ((reply.TryGetProperty("formats", out var all) && all.ValueKind == JsonValueKind.Object ? Text(all, name) : null) is { } text)
            {
                formats[format] = text;
            }
            else if (format == RenderFormat.Head && Text(reply, "head") is { } head)
            {
                formats[format] = head;
            }
        }

        return formats;
    }

    /// <summary>The strings in an array of an answer; empty if the member is not an array.</summary>
    public static IEnumerable<string> Strings(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)
            : [];

    /// <summary>A string member of an answer; null if it is missing or not a string.</summary>
    public static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

/// <summary>The formats that a host can render, and their names in the host contract.</summary>
internal static class HostFormats
{
    /// <summary>All host formats. A host skips formats that it does not know.</summary>
    public static IReadOnlyList<RenderFormat> All { get; } = [.. Enum.GetValues<RenderFormat>().Where(f => f is not (RenderFormat.Html or RenderFormat.Data))];

    /// <summary>The format's name in the host contract.</summary>
    public static string NameOf(RenderFormat format) => format switch
    {
        RenderFormat.Isolated => "isolated",
        RenderFormat.Embedded => "embedded",
        RenderFormat.Fitted => "fitted",
        RenderFormat.Atom => "atom",
        RenderFormat.Head => "head",
        RenderFormat.Icon => "icon",
        RenderFormat.Markdown => "markdown",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a host format."),
    };
}
