using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Telemetry;
using Fleet.Standalone.CommandLine;

namespace Fleet.Standalone.Rendering;

/// <summary>Exit code, output and messages for one answer.</summary>
/// <param name="ExitCode">Exit code of the program.</param>
/// <param name="Content">Content to write to the output; empty for none.</param>
/// <param name="Lines">Lines for standard error; none on success.</param>
internal sealed record PageReport(int ExitCode, ReadOnlyMemory<byte> Content, IReadOnlyList<string> Lines)
{
    /// <summary>Creates the report. A page with a status of its own, such as 404, is content: it is written, with a warning.</summary>
    /// <param name="url">The page.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="allowed">Origins that the page may load from.</param>
    /// <param name="failOnStatus">Whether a status of 300 and up is a failure.</param>
    /// <param name="isCircle">Whether the page redirects to one that led to it.</param>
    public static PageReport Of(string url, ManagerAnswer answer, OriginAllowList allowed, bool failOnStatus, bool isCircle = false)
    {
        List<string> lines = [];
        var isFailure = false;
        if (answer.RedirectUrl is { } target)
        {
            isFailure = failOnStatus || answer.Content is null;
            lines.Add($"{Severity(isFailure)}: {url} redirects to {target} ({answer.Status}){(isCircle ? ", which leads back to it." : allowed.Allows(new Uri(target)) ? "." : ", which is not an allowed origin: render that address instead.")}");
        }
        else if (!IsContent(answer))
        {
            isFailure = true;
            lines.Add($"error: {Failure(url, answer)}");
            lines.AddRange(Details(answer.Diagnostics));
        }
        else if (answer.Status >= 300)
        {
            isFailure = failOnStatus;
            lines.Add($"{Severity(isFailure)}: {url} answered with status {answer.Status}.");
        }
        else if (answer.Diagnostics?.Stability is RenderStability.Capped)
        {
            lines.Add(answer.Diagnostics.Message is { } why ? $"warning: {url} may be incomplete. {why}" : $"warning: {url} did not settle and was captured as it was.");
        }

        if (BlockedOrigins(answer.Diagnostics, allowed) is { Count: > 0 } blocked)
        {
            lines.Add($"warning: the page requested other origins, which are not allowed; allow them with {string.Join(' ', blocked.Select(origin => $"--origin {origin}"))}.");
        }

        return new(isFailure ? ExitCodes.Failure : ExitCodes.Success, answer.IsResult || IsContent(answer) ? answer.Content : null, [.. lines.Select(line => TerminalText.EscapeLines(line, "    "))]);
    }

    private static bool IsContent(ManagerAnswer answer) => answer.Content is not null && (
        answer.Outcome is RenderOutcome.Rendered || (answer.Outcome is RenderOutcome.Failed && answer.Status is >= 400 and <= 599));

    private static string Severity(bool isError) => isError ? "error" : "warning";

    private static string Failure(string url, ManagerAnswer answer)
    {
        var why = answer.Diagnostics?.Message ?? answer.Problem;
        if (why?.StartsWith($"{url} ", StringComparison.Ordinal) == true)
        {
            return why;
        }

        var how = answer.Outcome switch
        {
            RenderOutcome.TimedOut => "timed out",
            RenderOutcome.Unauthorized => "requires credentials",
            RenderOutcome.Unusable => "is not a page that can be rendered",
            RenderOutcome.NotAPage => "is not a page",
            RenderOutcome.NoVerdict => "could not be loaded",
            RenderOutcome.Rendered => "has no such content",
            RenderOutcome.Failed => "failed",
            _ => "was not rendered",
        };
        return $"{url} {how}{(why is not null ? $": {why}" : answer.Diagnostics?.Stage is { } stage ? $" in step '{stage}'." : ".")}";
    }

    private static IEnumerable<string> Details(RenderDiagnostics? diagnostics) => diagnostics is null ? [] :
    [
        .. diagnostics.Console.Select(line => $"  console: {line}"),
        .. diagnostics.FailedRequests.Select(line => $"  request: {line}"),
        .. diagnostics.Stack is { } stack ? [$"  stack: {stack}"] : (string[])[],
    ];

    // A failed request reads "GET https://cdn.example.com/a.js: net::ERR_NAME_NOT_RESOLVED".
    private static IReadOnlyList<string> BlockedOrigins(RenderDiagnostics? diagnostics, OriginAllowList allowed) =>
    [
        .. (diagnostics?.FailedRequests ?? [])
            .Select(line => line.Split(' '))
            .Where(words => words.Length > 1 && Uri.TryCreate(words[1].TrimEnd(':'), UriKind.Absolute, out var url) && OriginAllowList.IsHttp(url) && !allowed.Allows(url))
            .Select(words => OriginAllowList.OriginOf(new Uri(words[1].TrimEnd(':'))))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
