using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>Evaluates conditional request headers.</summary>
internal static class IfNoneMatch
{
    /// <summary>Whether the header names the tag, or is <c>*</c>. False if the header is missing or malformed.</summary>
    /// <param name="header">The value of <c>If-None-Match</c> or <c>If-Match</c>.</param>
    /// <param name="etag">The current tag, quoted. The comparison is weak, since proxies that compress mark tags as weak.</param>
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
