using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>Whether a client has what it would be sent.</summary>
internal static class IfNoneMatch
{
    /// <param name="header">The request's <c>If-None-Match</c>.</param>
    /// <param name="etag">The current tag, quoted. Compared weakly: a proxy that compresses marks tags as weak.</param>
    public static bool Holds(StringValues header, string etag)
    {
        if (header.Count == 0)
        {
            return false;
        }

        if (!EntityTagHeaderValue.TryParseList(header, out var known))
        {
            return false;
        }

        var current = new EntityTagHeaderValue(etag);
        return known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(current, useStrongComparison: false));
    }
}
