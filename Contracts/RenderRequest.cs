namespace Fleet.Contracts;

/// <summary>Requests the render of a URL into one or more formats. Body of <c>POST /renders</c>; <c>{"url":"…"}</c> is enough.</summary>
public sealed record RenderRequest
{
    /// <summary>Absolute http(s) URL of at most <see cref="RenderLimits.MaxUrlLength"/> characters, inside the allow-list.</summary>
    public required string Url { get; init; }

    /// <summary>Which renders may share a browser context: <c>realm:&lt;url&gt;</c> or <c>user:&lt;id&gt;</c>. Default: the realm that the URL belongs to.</summary>
    public string? Affinity { get; init; }

    /// <summary>Formats to render. Default: all that the host offers for a page; <see cref="RenderFormat.Html"/> if it offers none.</summary>
    public IReadOnlyList<RenderFormat>? Formats { get; init; }

    /// <summary>Timeout in milliseconds, <see cref="RenderLimits.MinDeadlineMs"/> to <see cref="RenderLimits.MaxDeadlineMs"/>.
    /// Default: <see cref="RenderLimits.DefaultDeadlineMs"/>.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>0 (background indexing) to 10 (interactive). Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>Which host shell the result may come from. Default: <see cref="ShellAcceptance.FreshOrWait"/>.</summary>
    public ShellAcceptance Accept { get; init; }

    /// <summary>Credentials that the page sends to the URL's origin. The page belongs to a scope (<c>realm:&lt;url&gt;#&lt;principal&gt;</c>), so that no other principal
    /// ever uses it. The manager derives the scope from the credentials; only a caller with the admin key may name one. Default: none.</summary>
    public RenderCredentials? Credentials { get; init; }
}

/// <summary>Credentials that a render sends to the origin of its URL and to no other. Never logged and never part of diagnostics.</summary>
public sealed record RenderCredentials
{
    /// <summary>Maximum length of <see cref="Authorization"/>, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>Value of the header <c>Authorization</c> for every request to the URL's origin: <c>Bearer …</c>. 1 to <see cref="MaxLength"/> characters of visible
    /// ASCII and spaces.</summary>
    public required string Authorization { get; init; }

    /// <summary>The type name only, so that a request can be logged.</summary>
    public override string ToString() => nameof(RenderCredentials);
}

/// <summary>Which host shell a render accepts.</summary>
public enum ShellAcceptance
{
    /// <summary>Only a page on the current shell; waits, within the deadline, for one to boot. The default.</summary>
    FreshOrWait,

    /// <summary>Only a page on the current shell; fails at once if there is none.</summary>
    FreshOrFail,

    /// <summary>A page on any shell; the result states which.</summary>
    Any,
}
