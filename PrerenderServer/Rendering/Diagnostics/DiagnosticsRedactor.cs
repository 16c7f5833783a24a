using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>Removes console output and URL queries from the diagnostics of a private render before they are stored.</summary>
internal static partial class DiagnosticsRedactor
{
    /// <summary>The diagnostics without console lines and queries. The caller of the render gets the original.</summary>
    public static RenderDiagnostics? Of(RenderDiagnostics? diagnostics) => diagnostics is null ? null : diagnostics with
    {
        Message = WithoutQueries(diagnostics.Message),
        Console = [],
        FailedRequests = [.. diagnostics.FailedRequests.Select(line => WithoutQueries(line))],
        MissingContent = diagnostics.MissingContent is { } request ? WithoutQueries(request) : null,
    };

    /// <summary>The text with the query and fragment of each URL removed.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? WithoutQueries(string? text) => text is null ? null : Query.Replace(text, "");

    // Ends at white space, or at the punctuation before it.
    [GeneratedRegex(@"(?<=https?://[^\s?#]*)[?#]\S*?(?=[,:.]?(\s|$))")]
    private static partial Regex Query { get; }
}
