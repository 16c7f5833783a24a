namespace Fleet.Contracts;

/// <summary>The answer of <c>GET /failures</c> of a manager.</summary>
/// <param name="Failures">The most recent failed renders of all servers, newest first.</param>
/// <param name="Servers">Every server, by name: how many failures it reported, or why it reported none.</param>
public sealed record FailureReport(IReadOnlyList<FailedRender> Failures, IReadOnlyList<ServerReport> Servers);

/// <summary>A failed render in a list. Its record has the rest.</summary>
public sealed record FailedRender
{
    private const int MaxLinkLength = 200;
    private const string Route = "/failures/";

    /// <summary>Number of the failure on its server, ascending.</summary>
    public required long Id { get; init; }

    /// <summary>When the render ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the logical call, as in the log lines of its manager.</summary>
    public required string RequestId { get; init; }

    /// <summary>The rendered URL.</summary>
    public required string Url { get; init; }

    /// <summary>The outcome.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The page's HTTP status; 0 if there was no response.</summary>
    public int Status { get; init; }

    /// <summary>Time spent per step.</summary>
    public RenderTimings Timings { get; init; } = new();

    /// <summary>The step that failed or timed out.</summary>
    public string? Stage { get; init; }

    /// <summary>A sentence: what happened.</summary>
    public string? Message { get; init; }

    /// <summary>Whether the record has a screenshot, at its link followed by <c>/screenshot</c>.</summary>
    public bool HasScreenshot { get; init; }

    /// <summary>Name of the server.</summary>
    public string? Server { get; init; }

    /// <summary>Path of the record at a manager, as in <see cref="RenderDiagnostics.Record"/>.</summary>
    public string? Record { get; init; }

    /// <summary>The path of a failure's record at a manager. It contains the incarnation, not the name: the numbers of a restarted server begin again, and the path must not
    /// lead to another failure.</summary>
    public static string LinkTo(string incarnation, long id) => $"{Route}{incarnation}/{id.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Whether a text from a server can be a path of a record: it goes into headers and log lines.</summary>
    public static bool IsLink(string? text) =>
        text is { Length: <= MaxLinkLength } && text.StartsWith(Route, StringComparison.Ordinal) && text.All(c => c is > ' ' and <= '~');
}
