using Microsoft.AspNetCore.Http;

namespace Fleet.AspNetCore;

/// <summary>The address of a page, as its visitors know it.</summary>
internal static class RequestAddress
{
    /// <summary>Path and query of a request, byte for byte: a decoded path could be another one for the app's router. The path base is a part of it, whether the app has taken it off the
    /// path (<c>UsePathBase</c>, <c>Map</c>) or a proxy has, which names it in <c>X-Forwarded-Prefix</c>.</summary>
    /// <param name="rawTarget">The target in the request line; null if the server does not know it.</param>
    /// <param name="pathBase">The path base.</param>
    /// <param name="path">The path behind the path base.</param>
    /// <param name="query">The query.</param>
    public static string TargetOf(string? rawTarget, PathString pathBase, PathString path, QueryString query)
    {
        if (rawTarget is not ['/', ..])
        {
            return $"{pathBase}{path}{query}";
        }

        // Slashes tell a path that begins with the base from one that does not have it, but begins alike: escaped ones are none of them, also in the decoded path.
        var known = rawTarget.AsSpan(0, rawTarget.IndexOf('?') is >= 0 and var end ? end : rawTarget.Length);
        var hasBase = known.StartsWith(pathBase.ToUriComponent(), StringComparison.OrdinalIgnoreCase)
            && known.Count('/') >= pathBase.Value.AsSpan().Count('/') + path.Value.AsSpan().Count('/');
        return hasBase ? rawTarget : pathBase.ToUriComponent() + rawTarget;
    }
}
