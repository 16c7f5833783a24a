namespace Fleet.Contracts;

/// <summary>One visit: render a URL into one or more formats. Body of <c>POST /renders</c>; <c>{"url":"…"}</c> is enough.</summary>
public sealed record RenderRequest
{
    /// <summary>Absolute http(s) URL of at most <see cref="RenderLimits.MaxUrlLength"/> characters, inside the allow-list.</summary>
    public required string Url { get; init; }

    /// <summary>What may share a browser context: <c>realm:&lt;url&gt;</c> or <c>user:&lt;id&gt;</c>. Default: the realm that the URL belongs to.</summary>
    public string? Affinity { get; init; }

    /// <summary>What to render. Default: all that the host offers for a page; <see cref="RenderFormat.Html"/> where the host offers none.</summary>
    public IReadOnlyList<RenderFormat>? Formats { get; init; }

    /// <summary>Timeout in milliseconds, <see cref="RenderLimits.MinDeadlineMs"/> to <see cref="RenderLimits.MaxDeadlineMs"/>.
    /// Default: <see cref="RenderLimits.DefaultDeadlineMs"/>.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>0 (index work) to 10 (somebody is waiting). Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Which host shell the result may come from. Default: fresh, and waits for it.</summary>
    public ShellAcceptance Accept { get; init; }

    /// <summary>What the page may show to the URL's origin. The page is one of a scope (<c>realm:&lt;url&gt;#&lt;principal&gt;</c>), so that no other principal
    /// ever gets it: the manager derives the scope from the credentials; only a caller with the admin key may name one. Default: none.</summary>
    public RenderCredentials? Credentials { get; init; }
}

/// <summary>What a visit may show to the origin of its URL, and to no other. Never logged, never part of diagnostics.</summary>
public sealed record RenderCredentials
{
    /// <summary>Longest value of <see cref="Authorization"/>, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>Value of the header <c>Authorization</c> of every request that the page sends to the URL's origin: <c>Bearer …</c>. Visible ASCII and
    /// spaces, 1 to <see cref="MaxLength"/> characters.</summary>
    public required string Authorization { get; init; }

    /// <summary>Says nothing, so that a request can be logged.</summary>
    public override string ToString() => nameof(RenderCredentials);
}

/// <summary>Which host shell a visit accepts.</summary>
public enum ShellAcceptance
{
    /// <summary>A page on the current shell; waits, within the deadline, for one to boot. The default.</summary>
    FreshOrWait,

    /// <summary>A page on the current shell, else the visit fails at once.</summary>
    FreshOrFail,

    /// <summary>Any page; the result says which shell it ran on.</summary>
    Any,
}
