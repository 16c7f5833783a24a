using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fleet.RealmServer.Site;

/// <summary>Which page a request for a route of the host app means. Anybody can make up query strings, so only what is configured makes a page.</summary>
internal sealed class RouteUrl(IOptions<PagesOptions> options)
{
    private static readonly string[] s_ignored = ["utm_*", "gclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "ref"];

    private readonly HashSet<string> _kept = new(options.Value.QueryKept, StringComparer.Ordinal);
    private readonly string[] _ignored = options.Value.QueryIgnored ?? s_ignored;

    /// <summary>Path and query of the page, percent-encoded, parameters in order of their names. Null when the request is for no page that is kept.</summary>
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
