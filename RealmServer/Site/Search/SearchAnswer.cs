namespace Fleet.RealmServer.Site.Search;

/// <summary>Body of <c>GET /_search</c>.</summary>
/// <param name="Query">What was asked for.</param>
/// <param name="Total">How many pages fit.</param>
/// <param name="Results">The best of them.</param>
internal sealed record SearchAnswer(string Query, int Total, IReadOnlyList<SearchHit> Results);

/// <summary>A page that fits.</summary>
/// <param name="Url">Its URL.</param>
/// <param name="Title">Its title.</param>
/// <param name="Description">One sentence; may be empty.</param>
/// <param name="Realm">URL of its realm.</param>
internal sealed record SearchHit(string Url, string Title, string Description, string Realm);
