using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Rendering;

/// <summary>Whether a valid request may be rendered, and for which affinity.</summary>
internal static class RenderRules
{
    /// <summary>Why the request is not valid on its face; null when it is.</summary>
    public static RenderError? CheckForm(RenderRequest request)
    {
        var errors = RenderRequestRules.Check(request);
        return errors.Count == 0 ? null : Invalid(errors);
    }

    /// <summary>A chain of renders that cause each other, longer than any that ends.</summary>
    public static RenderError TooDeep { get; } =
        new(508, "too-deep", $"This render was caused by a render, {RenderLineage.MaxDepth} times over: a chain of renders may not be deeper.");

    public static RenderError Draining { get; } =
        new(503, "draining", "This manager is stopping. Ask again: another manager, or its successor, answers.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>How long the caller waits: its header or its request, whichever is less.</summary>
    public static TimeSpan Timeout(RenderCall call)
    {
        var asked = TimeSpan.FromMilliseconds(call.Request.DeadlineMs ?? RenderLimits.DefaultDeadlineMs);
        return call.Timeout < asked ? call.Timeout.Value : asked;
    }

    /// <summary>A error that names every field that is wrong.</summary>
    public static RenderError Invalid(IReadOnlyList<FieldError> errors) =>
        new(400, "invalid-request", string.Join(' ', errors.Select(error => error.Message)))
        {
            Members = new Dictionary<string, object?> { ["errors"] = errors },
        };

    /// <summary>Why the URL may not be rendered; null when it may.</summary>
    public static RenderError? CheckAllowed(Uri url, OriginAllowList allowed) => allowed.Allows(url)
        ? null
        : new(400, "not-allowed",
            $"{OriginAllowList.OriginOf(url)} may not be rendered. Allowed: {Join(allowed.Origins)}. Add an origin with the setting Fleet:AllowedOrigins.")
        {
            Members = new Dictionary<string, object?> { ["origin"] = OriginAllowList.OriginOf(url), ["allowedOrigins"] = allowed.Origins, ["setting"] = "Fleet:AllowedOrigins" },
        };

    /// <summary>The affinity of a URL: the realm with the longest URL that the render's URL starts with, else its own origin where only the
    /// configuration allows it; null when it belongs to no realm.</summary>
    public static string? FindAffinity(Uri url, RealmIndex realms, bool originIsRealm) =>
        realms.Find(url) is { } realm ? AffinityKey.Realm(realm.Url).ToString()
        : originIsRealm ? AffinityKey.Realm(OriginAllowList.OriginOf(url)).ToString()
        : null;

    /// <summary>Whether a caller without the admin key may name an affinity: the URL's own, or outside all realms one that the URL lies in. Any other would
    /// put a page of one tenant, or what it leaves behind, before another; naming a principal is a claim to be somebody.</summary>
    /// <param name="named">The affinity of the request.</param>
    /// <param name="url">Its URL.</param>
    /// <param name="found">The affinity that the URL has; null when it belongs to no realm.</param>
    public static bool CanUseAffinity(AffinityKey named, Uri url, string? found) => found is null
        ? named is { Kind: "realm", Scope: "" } && url.AbsoluteUri.StartsWith(named.Value, StringComparison.Ordinal)
        : named.ToString() == found;

    /// <summary>An affinity that only who has the admin key may name.</summary>
    public static RenderError NamedWithoutKey(AffinityKey named, string? found) =>
        new(401, "wrong-admin-key",
            $"The 'affinity' {Quoted.Of(named.ToString())} is not that of the URL{(found is null ? "" : $", which is {Quoted.Of(found)}")}: to name another wants "
            + "'Authorization: Bearer <Fleet:AdminKey>'. Leave it out: it follows from the URL, and with 'credentials' from them too.");

    /// <summary>A URL that belongs to no realm.</summary>
    public static RenderError NoRealm(Uri url, IReadOnlyList<RealmRecord> realms) =>
        new(400, "no-realm",
            $"{Cut(url.AbsoluteUri)} belongs to no realm. Realms: {Join([.. realms.Select(realm => realm.Url)])}. Give a URL inside one of them, or name an 'affinity'.")
        {
            Members = new Dictionary<string, object?> { ["realms"] = realms.Select(realm => realm.Url).ToArray() },
        };

    private static string Join(IReadOnlyList<string> values) => values.Count == 0 ? "none yet" : string.Join(", ", values);

    private static string Cut(string value) => value.Length <= 200 ? value : value[..200] + "…";
}
