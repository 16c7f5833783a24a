namespace Fleet.Contracts;

/// <summary>HTTP headers that the fleet's services exchange.</summary>
public static class FleetHeaders
{
    /// <summary>Remaining attempts of a render. The manager sends it with an error that follows attempts. A caller that submits the render again repeats it, so that one
    /// render has one budget across submissions. It can only lower the manager's own limit.</summary>
    public const string AttemptsLeft = "X-Fleet-Attempts-Left";

    /// <summary>The caller's remaining time in milliseconds. It is relative, so that clocks need not agree; each hop subtracts the time it used.</summary>
    public const string DeadlineMs = "X-Fleet-Deadline-Ms";

    /// <summary>The id of a logical call, the same on every hop and in every log line.</summary>
    public const string RequestId = "X-Fleet-Request-Id";

    /// <summary>The signed <see cref="RenderLineage"/> of the render that caused this request. Opaque to pages.</summary>
    public const string Lineage = "X-Fleet-Lineage";

    /// <summary>The shell token of the host shell in this response.</summary>
    public const string HostShell = "X-Host-Shell";

    /// <summary>The host shell generation that the sender knows to be current. A receiver that knows a lower one re-reads the registry before it answers, so that a
    /// lost change notification does not cause a stale render.</summary>
    public const string ShellGeneration = "X-Fleet-Shell-Generation";

    /// <summary>The outcome of a render, so that the body can be forwarded without parsing it.</summary>
    public const string Outcome = "X-Fleet-Outcome";

    /// <summary>Where the document of <c>GET /render</c> comes from: <c>rendered</c>, or <c>stored</c> with its age in <c>Age</c>.</summary>
    public const string Source = "X-Fleet-Source";

    /// <summary>The page's own HTTP status, sent with its document or screenshot.</summary>
    public const string PageStatus = "X-Fleet-Status";

    /// <summary>Where the page redirects to, sent with its document or screenshot.</summary>
    public const string PageLocation = "X-Fleet-Location";

    /// <summary>The response headers that the page requests and that are sent with it (<see cref="PageHeaderRules"/>), as a JSON object in ASCII, sent with its document.</summary>
    public const string PageHeaders = "X-Fleet-Page-Headers";

    /// <summary>Path of the record of a failed render at any manager: <see cref="RenderDiagnostics.Record"/>, also of an answer that is a document.</summary>
    public const string Record = "X-Fleet-Record";

    /// <summary>Response of a prerender server: whether the page had rendered for this affinity before, <c>true</c> or <c>false</c>. Absent when no page rendered.</summary>
    public const string Warm = "X-Fleet-Warm";

    /// <summary>Estimated number of tokens of a page that is sent as Markdown: a quarter of its size in bytes.</summary>
    public const string MarkdownTokens = "X-Markdown-Tokens";

    /// <summary><c>capped</c> when a page was captured before it had settled, or when a screenshot has only a part of the page's height, so that content may be missing.
    /// Otherwise the header is not sent.</summary>
    public const string Stability = "X-Fleet-Stability";

    /// <summary>Identifies one command of one user. A repeated key returns the result of the first call.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>The product token that every page of the fleet adds to its user agent. A realm server answers it with the bare shell, so that a render does not
    /// start from an earlier prerendered page.</summary>
    public const string UserAgentProduct = "Fleet-Prerender";
}
