using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>What may be kept of a private render for whoever looks later: that it failed and where, not what its page said or asked with.</summary>
internal static partial class DiagnosticsRedactor
{
    /// <summary>The diagnostics without console lines and queries. Who asked for the render gets them whole.</summary>
    public static RenderDiagnostics? Of(RenderDiagnostics? diagnostics) => diagnostics is null ? null : diagnostics with
    {
        Message = WithoutQueries(diagnostics.Message),
        Console = [],
        FailedRequests = [.. diagnostics.FailedRequests.Select(line => WithoutQueries(line))],
    };

    /// <summary>The text with the URLs in it cut off where their queries begin.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? WithoutQueries(string? text) => text is null ? null : Query.Replace(text, "");

    // Up to white space, or to what ends a sentence before it.
    [GeneratedRegex(@"(?<=https?://[^\s?#]*)[?#]\S*?(?=[,:.]?(\s|$))")]
    private static partial Regex Query { get; }
}
