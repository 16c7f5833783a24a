namespace Fleet.Contracts;

/// <summary>What makes a <see cref="RenderRequest"/> valid on its face, checked alike by every service it passes. Whether its URL may be
/// rendered (allow-list, realms) is a question of its own.</summary>
public static class RenderRequestRules
{
    /// <summary>Everything that is wrong with the request; empty when it is valid.</summary>
    public static IReadOnlyList<FieldError> Check(RenderRequest request) =>
        [.. new[] { CheckUrl(request.Url), CheckAffinity(request.Affinity), CheckFormats(request.Formats), CheckDeadline(request.DeadlineMs), CheckPriority(request.Priority), CheckCredentials(request) }.OfType<FieldError>()];

    /// <summary>What is wrong with a URL to render; null when it is valid.</summary>
    public static FieldError? CheckUrl(string? url) => url switch
    {
        null or "" => Error("url", "is missing: give an absolute http or https URL"),
        { Length: > RenderLimits.MaxUrlLength } => Error("url", $"is {url.Length} characters long: at most {RenderLimits.MaxUrlLength} are allowed"),
        // A URL is put into headers, logs and the browser's address: what Uri would quietly mend is refused instead.
        _ when url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) => Error("url", $"{Quoted.Of(url)} contains white space or control characters: encode them"),
        _ when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) =>
            Error("url", $"{Quoted.Of(url)} is not an absolute http or https URL"),
        _ when new Uri(url).UserInfo.Length > 0 => Error("url", "carries a user name or password: that is not allowed"),
        _ => null,
    };

    /// <summary>What is wrong with credentials for pages that are not of one principal; null when nothing is. For whoever opens the pages: what asks for
    /// a render may leave the scope to the manager.</summary>
    public static FieldError? CheckScope(RenderRequest request) =>
        request.Credentials is null || (AffinityKey.TryParse(request.Affinity, out var affinity) && affinity.Scope.Length > 0)
            ? null
            : Error("credentials", "wants an 'affinity' that names the principal as its scope: 'realm:<url>#<principal>' or 'user:<id>#<principal>'");

    private static FieldError? CheckAffinity(string? affinity) => affinity switch
    {
        null => null,
        { Length: > RenderLimits.MaxAffinityLength } =>
            Error("affinity", $"is {affinity.Length} characters long: at most {RenderLimits.MaxAffinityLength} are allowed"),
        _ when !AffinityKey.TryParse(affinity, out _) => Error("affinity", $"{Quoted.Of(affinity)} is neither 'realm:<url>' nor 'user:<id>'"),
        _ => null,
    };

    private static FieldError? CheckFormats(IReadOnlyList<RenderFormat>? formats)
    {
        var known = Enum.GetValues<RenderFormat>().Length;
        return formats switch
        {
            null => null,
            { Count: 0 } => Error("formats", "is empty: name at least one, or leave it out for all that the host offers"),
            _ when formats.Count > known => Error("formats", $"has {formats.Count} entries: at most {known} are allowed, each format once"),
            _ when formats.Distinct().Count() != formats.Count => Error("formats", "names a format twice: each may be named once"),
            _ when formats.Contains(RenderFormat.Html) && formats.Count > 1 =>
                Error("formats", "combines 'html' with others: 'html' navigates to the page, the others render in a booted one; ask in two requests"),
            _ when formats.Contains(RenderFormat.Data) && formats.Count > 1 =>
                Error("formats", "combines 'data' with others: a render of those has its 'data' anyway"),
            _ => null,
        };
    }

    private static FieldError? CheckDeadline(int? deadlineMs) =>
        deadlineMs is < RenderLimits.MinDeadlineMs or > RenderLimits.MaxDeadlineMs
            ? Error("deadlineMs", $"is {deadlineMs}: it must be between {RenderLimits.MinDeadlineMs} and {RenderLimits.MaxDeadlineMs}")
            : null;

    private static FieldError? CheckPriority(int priority) =>
        priority is < 0 or > RenderLimits.MaxPriority
            ? Error("priority", $"is {priority}: it must be between 0 and {RenderLimits.MaxPriority}")
            : null;

    private static FieldError? CheckCredentials(RenderRequest request) => request.Credentials switch
    {
        null => null,
        // The value itself is never shown.
        { Authorization: var value } when value is not { Length: > 0 and <= RenderCredentials.MaxLength } || value.Any(c => c is < ' ' or > '~') =>
            Error("credentials", $"has an 'authorization' that is not 1 to {RenderCredentials.MaxLength} characters of visible ASCII and spaces"),
        _ => null,
    };

    private static FieldError Error(string field, string what) => new(field, $"'{field}' {what}.");
}

/// <summary>One field of a request that is not as it should be.</summary>
/// <param name="Field">The field as it is spelled in JSON: <c>deadlineMs</c>.</param>
/// <param name="Message">A sentence that names field, value and bound.</param>
public sealed record FieldError(string Field, string Message);
