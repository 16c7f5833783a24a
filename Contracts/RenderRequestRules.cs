namespace Fleet.Contracts;

/// <summary>Validates a <see cref="RenderRequest"/>, identically in every service. Whether the URL may be rendered (allow-list, realms) is checked
/// separately.</summary>
public static class RenderRequestRules
{
    /// <summary>All validation errors; empty when the request is valid.</summary>
    public static IReadOnlyList<FieldError> Check(RenderRequest request) =>
    [
        .. new[]
        {
            CheckUrl(request.Url),
            CheckAffinity(request.Affinity),
            CheckFormats(request.Formats),
            FieldBounds.Check("deadlineMs", request.DeadlineMs),
            FieldBounds.Check("priority", request.Priority),
            CheckCredentials(request),
            PageRequestRules.CheckFormats(request),
        }.OfType<FieldError>(),
        .. PageRequestRules.Check(request),
    ];

    /// <summary>The validation error of a URL to render; null when it is valid.</summary>
    public static FieldError? CheckUrl(string? url) => url switch
    {
        null or "" => Error("url", "is missing: give an absolute http or https URL"),
        { Length: > RenderLimits.MaxUrlLength } => Error("url", $"is {url.Length} characters long: at most {RenderLimits.MaxUrlLength} are allowed"),
        // URLs go into headers, logs and the browser, so reject characters that Uri would silently fix.
        _ when url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) => Error("url", $"{Quoted.Of(url)} contains white space or control characters: percent-encode them (in a query, '+' means a space; write %2B)"),
        _ when !Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) =>
            Error("url", $"{Quoted.Of(url)} is not an absolute http or https URL"),
        _ when new Uri(url).UserInfo.Length > 0 => Error("url", "contains a user name or password, which is not allowed"),
        _ => null,
    };

    /// <summary>The error when the request has credentials but its affinity has no scope; otherwise null. For prerender servers: a caller of the manager may leave
    /// the scope to it.</summary>
    public static FieldError? CheckScope(RenderRequest request) =>
        request.Credentials is null || (AffinityKey.TryParse(request.Affinity, out var affinity) && affinity.Scope.Length > 0)
            ? null
            : Error("credentials", "requires an 'affinity' that names the principal as its scope: 'realm:<url>#<principal>' or 'user:<id>#<principal>'");

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
            { Count: 0 } => Error("formats", "is empty: name at least one format, or omit it for all that the host offers"),
            _ when formats.Count > known => Error("formats", $"has {formats.Count} entries: at most {known} are allowed, each format once"),
            _ when formats.Distinct().Count() != formats.Count => Error("formats", "contains a format twice"),
            _ when formats.Contains(RenderFormat.Html) && formats.Count > 1 =>
                Error("formats", "combines 'html' with other formats: 'html' navigates to the URL, the others render in a booted page; use two requests"),
            _ when formats.Contains(RenderFormat.Data) && formats.Count > 1 =>
                Error("formats", "combines 'data' with other formats: their result contains 'data' anyway"),
            _ => null,
        };
    }

    private static FieldError? CheckCredentials(RenderRequest request) => request.Credentials switch
    {
        null => null,
        // The message must not contain the value.
        { Authorization: var value } when value is not { Length: > 0 and <= RenderCredentials.MaxLength } || value.Any(c => c is < ' ' or > '~') =>
            Error("credentials", $"has an 'authorization' that is not 1 to {RenderCredentials.MaxLength} characters of visible ASCII and spaces"),
        _ => null,
    };

    private static FieldError Error(string field, string what) => new(field, $"'{field}' {what}.");
}

/// <summary>A validation error of one field of a request.</summary>
/// <param name="Field">The field as spelled in JSON: <c>deadlineMs</c>.</param>
/// <param name="Message">A sentence that names field, value and limit.</param>
public sealed record FieldError(string Field, string Message);
