using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>A request as the caller sent it.</summary>
/// <param name="Request">What to render.</param>
/// <param name="RequestId">The request id, the same on every hop.</param>
internal sealed record RenderCall(RenderRequest Request, string RequestId)
{
    /// <summary>The screenshot to take; <see cref="Request"/> is then its render. Null for other renders.</summary>
    public ScreenshotRequest? Screenshot { get; init; }

    /// <summary>The command to run; <see cref="Request"/> is then its render. Null for other renders.</summary>
    public CommandOrder? Command { get; init; }

    /// <summary>Whether the caller wants the bare document instead of a <see cref="RenderResult"/>.</summary>
    public bool Document { get; init; }

    /// <summary>Whether the caller wants a new render even if the page is stored.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Whether the page must be loaded for this render, instead of being a document that shows an earlier URL and moves on. What such a document remembers is older.</summary>
    public bool FullLoad { get; init; }

    /// <summary>The timeout from the headers, in addition to the request's; null when there is none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Remaining attempts, as an earlier error stated; null for the first submission.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>The render that caused this one, if any.</summary>
    public RenderLineage? Cause { get; init; }

    /// <summary>Whether the caller presented the admin key.</summary>
    public bool HasKey { get; init; }

    /// <summary>The same call for another spelling of its URL and affinity.</summary>
    public RenderCall WithAddress(string url, string? affinity) => url == Request.Url && affinity == Request.Affinity ? this : this with
    {
        Request = Request with { Url = url, Affinity = affinity },
        Screenshot = Screenshot is { } screenshot ? screenshot with { Url = url, Affinity = affinity } : null,
    };
}

/// <summary>A command with its key. It can be retried, even on another server: the fleet starts a command at most once per key.</summary>
/// <param name="Request">The command.</param>
/// <param name="Key">The <c>Idempotency-Key</c>.</param>
internal sealed record CommandOrder(CommandRequest Request, string Key);
