using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Rendering;

/// <summary>Decides which answers are failures that an operator should see, and words them.</summary>
internal static class RenderFailure
{
    private const int MaxReason = 300;

    /// <summary>Why the fleet failed to render; null when it did not: a rendered page, an error page of the content, a URL that is no page, or an invalid request.</summary>
    public static string? Explain(RenderAnswer answer) => answer switch
    {
        { RenderError: { Status: >= 500 or 429 } error } => error.Detail,
        { RenderError: not null } or { Content.Summary.Outcome: RenderOutcome.Rendered or RenderOutcome.Unauthorized or RenderOutcome.NotAPage } or { Content.Summary: { Outcome: RenderOutcome.Failed, Status: >= 400 and <= 599 } } => null,
        // The message may be the page's own.
        { Content: { } content } => $"{(content.Server is { } server ? $"{server}: " : "")}{Message(content.ReadDiagnostics())}".TruncateToLine(MaxReason) + (content.Summary.Record is { } record ? $" [GET {record}]" : ""),
        _ => null,
    };

    /// <summary>The URL for logs. The query of a command, or of a render with credentials, may be private.</summary>
    public static string UrlOf(RenderCall call) =>
        call.Command is not null || call.Request.Credentials is not null ? call.Request.Url.Split('?', '#')[0] : call.Request.Url;

    private static string Message(RenderDiagnostics? diagnostics) =>
        $"{diagnostics?.Message ?? "no reason was given"}{(diagnostics?.Stage is { } stage ? $" (in step {stage})" : "")}";
}
