using Fleet.Contracts;

namespace Fleet.Manager.Dialects;

/// <summary>A cookie as Puppeteer writes it.</summary>
internal sealed record DialectCookie
{
    public string? Name { get; init; }

    public string? Value { get; init; }

    /// <summary>Where it belongs: the host of the page, or a domain of that host.</summary>
    public string? Domain { get; init; }

    /// <summary>As <see cref="Domain"/>, written as a URL.</summary>
    public string? Url { get; init; }

    public string? Path { get; init; }

    public bool? Secure { get; init; }

    public bool? HttpOnly { get; init; }

    public CookieSameSite? SameSite { get; init; }

    /// <summary>The cookies for a page. One of another host is an error.</summary>
    /// <param name="cookies">The cookies; null for none.</param>
    /// <param name="page">URL of the page.</param>
    /// <param name="errors">Receives the errors.</param>
    public static IReadOnlyList<PageCookie>? Read(IReadOnlyList<DialectCookie>? cookies, string? page, List<FieldError> errors)
    {
        var host = Uri.TryCreate(page, UriKind.Absolute, out var url) ? url.Host : "";
        foreach (var cookie in cookies ?? [])
        {
            var domain = cookie?.Domain ?? (Uri.TryCreate(cookie?.Url, UriKind.Absolute, out var own) ? own.Host : cookie?.Url);
            if (domain?.TrimStart('.') is { Length: > 0 } named && host.Length > 0
                && !host.Equals(named, StringComparison.OrdinalIgnoreCase) && !host.EndsWith("." + named, StringComparison.OrdinalIgnoreCase))
            {
                errors.Add(new("cookies", $"'cookies' has {Quoted.Of(cookie?.Name ?? "")} of {Quoted.Of(named)}: a cookie must be of the host of the URL, {Quoted.Of(host)}."));
            }
        }

        return cookies?.Select(static cookie => new PageCookie
        {
            Name = cookie?.Name ?? "",
            Value = cookie?.Value ?? "",
            Path = cookie?.Path,
            Secure = cookie?.Secure ?? false,
            HttpOnly = cookie?.HttpOnly ?? false,
            SameSite = cookie?.SameSite,
        }).ToList();
    }
}
