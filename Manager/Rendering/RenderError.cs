namespace Fleet.Manager.Rendering;

/// <summary>A render that is not done, and why, in words that the caller can act on.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Stable word for programs.</param>
/// <param name="Detail">A sentence for people: what happened, the value, the setting.</param>
internal sealed record RenderError(int Status, string Reason, string Detail)
{
    /// <summary>When to try again; null when trying again would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How often the render may still be sent to a server; null when it was sent to none.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>Further members of the problem details, if any.</summary>
    public IReadOnlyDictionary<string, object?>? Members { get; init; }

    public static RenderError Deadline(string detail) => new(504, "deadline", detail);
}
