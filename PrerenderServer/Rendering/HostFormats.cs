using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>The formats that a cooperative host renders, and how the contract spells them.</summary>
internal static class HostFormats
{
    /// <summary>All of them; a host skips what it does not know.</summary>
    public static IReadOnlyList<RenderFormat> All { get; } = [.. Enum.GetValues<RenderFormat>().Where(f => f is not (RenderFormat.Html or RenderFormat.Data))];

    /// <summary>The name in the contract.</summary>
    public static string NameOf(RenderFormat format) => format switch
    {
        RenderFormat.Isolated => "isolated",
        RenderFormat.Embedded => "embedded",
        RenderFormat.Fitted => "fitted",
        RenderFormat.Atom => "atom",
        RenderFormat.Head => "head",
        RenderFormat.Icon => "icon",
        RenderFormat.Markdown => "markdown",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a host's format."),
    };
}
