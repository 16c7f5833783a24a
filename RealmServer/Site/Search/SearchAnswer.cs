namespace Fleet.RealmServer.Site.Search;

/// <summary>Body of <c>GET /_search</c>.</summary>
/// <param name="Query">The query of the request.</param>
/// <param name="Total">Number of pages that match.</param>
/// <param name="Results">The best matches, best first.</param>
internal sealed record SearchAnswer(string Query, int Total, IReadOnlyList<SearchHit> Results);

/// <summary>A page that matches.</summary>
/// <param name="Url">URL of the page.</param>
/// <param name="Title">Title of the page.</param>
/// <param name="Description">Description of the page; may be empty.</param>
/// <param name="Realm">URL of the page's realm.</param>
internal sealed record SearchHit(string Url, string Title, string Description, string Realm);
