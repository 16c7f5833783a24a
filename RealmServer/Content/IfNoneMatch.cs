using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>Evaluates <c>If-None-Match</c>.</summary>
internal static class IfNoneMatch
{
    /// <summary>Whether the header names the tag, or is <c>*</c>. False if the header is missing or malformed. The comparison is weak, since proxies that compress mark
    /// tags as weak.</summary>
    /// <param name="header">The value of the header.</param>
    /// <param name="etag">The current tag, quoted.</param>
    public static bool Holds(StringValues header, string etag) => EntityTags.Name(header, etag, useStrongComparison: false);
}

/// <summary>Evaluates <c>If-Match</c>.</summary>
internal static class IfMatch
{
    /// <summary>Whether the header names the tag, or is <c>*</c>. False if the header is missing or malformed. The comparison is strong (RFC 9110, 13.1.1): a weak tag
    /// may stand for other bytes, which a write must not overwrite.</summary>
    /// <param name="header">The value of the header.</param>
    /// <param name="etag">The current tag, quoted.</param>
    public static bool Holds(StringValues header, string etag) => EntityTags.Name(header, etag, useStrongComparison: true);
}

/// <summary>Compares entity tags.</summary>
file static class EntityTags
{
    public static bool Name(StringValues header, string etag, bool useStrongComparison)
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
        return known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(current, useStrongComparison));
    }
}
