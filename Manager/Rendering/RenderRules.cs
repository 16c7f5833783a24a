using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Rendering;

/// <summary>Decides whether a request may be rendered, and for which affinity.</summary>
internal static class RenderRules
{
    private const string RealmKind = "realm:";

    /// <summary>The error when the request is not well-formed; otherwise null.</summary>
    public static RenderError? CheckForm(RenderRequest request)
    {
        var errors = RenderRequestRules.Check(request);
        if (errors.Count == 0 && PageRequestRules.CheckDeadline(request) is { } late)
        {
            return Invalid([late]);
        }

        return errors.Count == 0 ? null : Invalid(errors);
    }

    /// <summary>The error for a chain of nested renders that is too deep, most likely endless.</summary>
    public static RenderError TooDeep { get; } =
        new(508, "too-deep", $"This render is nested {RenderLineage.MaxDepth + 1} levels deep; at most {RenderLineage.MaxDepth} are allowed.");

    /// <summary>The error for a script of a caller without the admin key: pages run the scripts of allowed origins, and those of the operator.</summary>
    public static RenderError FunctionWithoutKey { get; } =
        new(401, "wrong-admin-key", "'waitForFunction' runs a script of the caller in the page, which requires 'Authorization: Bearer <Fleet:AdminKey>'. Use 'waitForSelector' or 'waitForEvent' without it.");

    public static RenderError Draining { get; } =
        new(503, "draining", "This manager is stopping. Retry: another manager will answer.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>The timeout of the call: that of the header or of the request, whichever is shorter.</summary>
    public static TimeSpan Timeout(RenderCall call)
    {
        var requested = TimeSpan.FromMilliseconds(call.Request.DeadlineMs ?? RenderLimits.DefaultDeadlineMs);
        return call.Timeout < requested ? call.Timeout.Value : requested;
    }

    /// <summary>An error that lists every invalid field.</summary>
    public static RenderError Invalid(IReadOnlyList<FieldError> errors) =>
        new(400, "invalid-request", string.Join(' ', errors.Select(error => error.Message)))
        {
            Members = new Dictionary<string, object?> { ["errors"] = errors },
        };

    /// <summary>The error when the origin of the URL is not allowed; otherwise null.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="allowed">The allowed origins.</param>
    /// <param name="isTrusted">Whether the caller has the admin key: only then the error lists the allowed origins.</param>
    public static RenderError? CheckAllowed(Uri url, OriginAllowList allowed, bool isTrusted)
    {
        if (allowed.Allows(url))
        {
            return null;
        }

        var origin = OriginAllowList.OriginOf(url);
        var members = new Dictionary<string, object?> { ["origin"] = origin, ["setting"] = "Fleet:AllowedOrigins" };
        if (isTrusted)
        {
            members["allowedOrigins"] = allowed.Origins;
        }

        return new(400, "not-allowed", (allowed.Origins.Count, isTrusted) switch
        {
            (0, _) => $"{origin} may not be rendered. Allowed: none yet.",
            (_, true) => $"{origin} may not be rendered. Allowed: {string.Join(", ", allowed.Origins)}.",
            (var count, false) => $"{origin} may not be rendered: it is not among the {count} allowed origins, which GET /fleet lists with the admin key.",
        } + " Add an origin with the setting Fleet:AllowedOrigins.")
        {
            Members = members,
        };
    }

    /// <summary>The affinity of a URL: the realm with the longest matching URL; otherwise the URL's origin if <paramref name="originIsRealm"/>, else null.</summary>
    public static string? FindAffinity(Uri url, RealmIndex realms, Func<bool> originIsRealm) =>
        realms.Find(url) is { } realm ? AffinityKey.Realm(realm.Url).ToString()
        : originIsRealm() ? AffinityKey.Realm(OriginAllowList.OriginOf(url)).ToString()
        : null;

    /// <summary>The affinity with the realm's URL as the fleet knows it; see <see cref="OriginAllowList.Normalize"/>.</summary>
    public static string NormalizeAffinity(string affinity, OriginAllowList allowed) =>
        affinity.StartsWith(RealmKind, StringComparison.Ordinal) ? RealmKind + allowed.Normalize(affinity[RealmKind.Length..]) : affinity;

    /// <summary>Whether a caller without the admin key may name an affinity: only that of the URL. Any other would mix pages and state of different tenants, a scope
    /// would claim another principal's identity, and each folder of an origin as an affinity of its own would displace the warm pages of realms.</summary>
    /// <param name="named">The affinity of the request.</param>
    /// <param name="own">The affinity of the URL: its realm or, outside all realms, its origin.</param>
    public static bool CanUseAffinity(AffinityKey named, string own) => named.ToString() == own;

    /// <summary>The error for an affinity that only a caller with the admin key may name.</summary>
    public static RenderError NamedWithoutKey(AffinityKey named, string own) =>
        new(401, "wrong-admin-key",
            $"The 'affinity' {Quoted.Of(named.ToString())} is not that of the URL, which is {Quoted.Of(own)}. Naming another requires "
            + "'Authorization: Bearer <Fleet:AdminKey>'. Omit it to derive it from the URL and from 'credentials'.");

    /// <summary>The error for credentials that are one principal too many; see <see cref="PrincipalLimiter"/>.</summary>
    public static RenderError TooManyPrincipals(int limit, TimeSpan wait) =>
        new(429, "too-many-principals",
            $"Callers without the admin key have sent {limit} different credentials within a minute, the maximum (Manager:MaxPrincipalsWithoutKey): each opens pages of its own. "
            + "Retry later, or send 'Authorization: Bearer <Fleet:AdminKey>'.") { RetryAfter = wait };
}
