using System.Diagnostics.CodeAnalysis;

namespace Fleet.Contracts;

/// <summary>Requests the render of a URL into one or more formats. Body of <c>POST /renders</c>; <c>{"url":"…"}</c> is enough.</summary>
public sealed record RenderRequest : PageRequest
{
    /// <summary>Creates an empty request.</summary>
    public RenderRequest()
    {
    }

    /// <summary>Creates the render of a page that is requested in another way, such as for a screenshot.</summary>
    [SetsRequiredMembers]
    public RenderRequest(PageRequest page)
        : base(page)
    {
    }

    /// <summary>Formats to render. Default: all that the host offers for a page; <see cref="RenderFormat.Html"/> if it offers none, or if an option needs a navigation.</summary>
    public IReadOnlyList<RenderFormat>? Formats { get; init; }
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
