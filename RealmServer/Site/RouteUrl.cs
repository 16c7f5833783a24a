using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fleet.RealmServer.Site;

/// <summary>Maps a request for a route of the host app to a page. Clients can send arbitrary query strings, so only configured parameters distinguish pages.</summary>
internal sealed class RouteUrl(IOptions<PagesOptions> options)
{
    private static readonly string[] s_ignored = ["utm_*", "gclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "ref"];

    private readonly HashSet<string> _kept = new(options.Value.QueryKept, StringComparer.Ordinal);
    private readonly string[] _ignored = options.Value.QueryIgnored ?? s_ignored;

    /// <summary>Path and query of the page, percent-encoded, with the parameters ordered by name. Null if the query has an unknown
    /// parameter; such a page is not stored.</summary>
    public string? Of(PathString path, IQueryCollection query)
    {
        var kept = new List<KeyValuePair<string, StringValues>>();
        foreach (var parameter in query)
        {
            if (_kept.Contains(parameter.Key))
            {
                kept.Add(parameter);
            }
            else if (!_ignored.Any(ignored => Matches(ignored, parameter.Key)))
            {
                return null;
            }
        }

        return path.ToUriComponent() + QueryString.Create(kept.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)).ToUriComponent();
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.AsSpan().StartsWith(pattern.AsSpan(..^1), StringComparison.Ordinal) : name == pattern;
}
