using Microsoft.Extensions.Primitives;

namespace Fleet.RealmServer.Content;

/// <summary>What somebody who writes a card wants to find in its place.</summary>
/// <param name="IfMatch">Tags, one of which the card must have; <c>*</c> for any card at all.</param>
/// <param name="IfNoneMatch">Tags, none of which the card may have; <c>*</c> for no card at all.</param>
internal readonly record struct CardConditions(StringValues IfMatch, StringValues IfNoneMatch)
{
    public static CardConditions Of(HttpRequest request) => new(request.Headers.IfMatch, request.Headers.IfNoneMatch);
}
