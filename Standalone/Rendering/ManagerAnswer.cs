using System.Text;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Standalone.Rendering;

/// <summary>The manager's answer for one page.</summary>
internal sealed record ManagerAnswer
{
    /// <summary>The document or the file; null when there is none.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Whether the content is the manager's whole result as JSON, which has the outcome itself.</summary>
    public bool IsResult { get; init; }

    /// <summary>Outcome of the render; null when there was no render.</summary>
    public RenderOutcome? Outcome { get; init; }

    /// <summary>The page's own HTTP status; 0 when it is unknown.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to; null when it does not.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Console errors, failed requests, the step that was late.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>Why there was no render or no content, as the manager reports it; null when there is content.</summary>
    public string? Problem { get; init; }

    private static readonly JsonSerializerOptions s_indented = new(FleetJson.Options) { WriteIndented = true };

    /// <summary>The answer of a render.</summary>
    /// <param name="result">The result.</param>
    /// <param name="asJson">Whether the content is the whole result instead of the document.</param>
    public static ManagerAnswer Of(RenderResult result, bool asJson) => new()
    {
        Content = asJson ? [.. JsonSerializer.SerializeToUtf8Bytes(result, s_indented), (byte)'\n']
            : result.Formats.TryGetValue(RenderFormat.Html, out var html) ? Encoding.UTF8.GetBytes(html) : null,
        IsResult = asJson,
        Outcome = result.Outcome,
        Status = result.Status,
        RedirectUrl = result.Status is >= 300 and < 400 ? result.RedirectUrl : null,
        Diagnostics = result.Diagnostics,
    };

    /// <summary>The answer with a screenshot or a PDF.</summary>
    public static ManagerAnswer Of(FleetContent file) => new()
    {
        Content = file.Bytes.Length == 0 ? null : file.Bytes.ToArray(),
        Outcome = file.Outcome,
        Status = file.Status,
        Diagnostics = file.IsCapped
            ? new() { Stability = RenderStability.Capped, Message = FormattableString.Invariant($"It had not settled, or the file shows only the first {ScreenshotRequestRules.MaxExtent:N0} CSS pixels of its height.") }
            : null,
        RedirectUrl = file.Status is >= 300 and < 400 && file.Location is { } location ? ExactUrl.Of(location) : null,
    };

    /// <summary>The answer when there is no render or no content.</summary>
    public static ManagerAnswer Of(FleetException error) => new() { Outcome = error.Outcome, Diagnostics = error.Diagnostics, Problem = error.Message };
}
