namespace Fleet.Contracts;

/// <summary>HTTP headers that the fleet's services agree on.</summary>
public static class FleetHeaders
{
    /// <summary>How often a render may still be sent to a prerender server. The manager says it beside a refusal that comes after attempts; a caller that
    /// submits the render again repeats it, so that one render has one budget however often it is submitted. It can only lower the manager's own.</summary>
    public const string AttemptsLeft = "X-Fleet-Attempts-Left";

    /// <summary>The caller's remaining timeout in milliseconds, relative, so that clocks need not agree. Each hop subtracts what it used.</summary>
    public const string DeadlineMs = "X-Fleet-Deadline-Ms";

    /// <summary>One id per logical call, the same on every hop and in every log line.</summary>
    public const string RequestId = "X-Fleet-Request-Id";

    /// <summary>Opaque, signed: request id, depth and priority of the render that caused this request.</summary>
    public const string Lineage = "X-Fleet-Lineage";

    /// <summary>The shell token of the host shell in this response.</summary>
    public const string HostShell = "X-Host-Shell";

    /// <summary>The generation of the host shell that the sender knows to be current. A receiver that knows of a lower one reads again before it
    /// answers: a lost hint must not cost a stale render.</summary>
    public const string ShellGeneration = "X-Fleet-Shell-Generation";

    /// <summary>The outcome of a render, ahead of its body: whoever passes the body on need not understand it.</summary>
    public const string Outcome = "X-Fleet-Outcome";

    /// <summary>The page's own status, beside its document or a screenshot of it.</summary>
    public const string PageStatus = "X-Fleet-Status";

    /// <summary>Where the page redirects to, beside its document or a screenshot of it.</summary>
    public const string PageLocation = "X-Fleet-Location";

    /// <summary>Names one command of one user: whoever sends it again gets the result of the first time.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>The product token that every page of the fleet adds to its user agent. A realm server answers it with the bare
    /// shell: a page that is being prerendered must not be fed with an earlier prerendered page.</summary>
    public const string UserAgentProduct = "Fleet-Prerender";
}
