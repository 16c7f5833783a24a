using Fleet.Contracts;

namespace Fleet.RealmServer.Site.Operations;

/// <summary>Checks which pages an operator's request names, and pages their results.</summary>
internal static class PageSelection
{
    /// <summary>The errors of a request; empty when it is valid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="sitemap">Whether the route takes a sitemap; otherwise it takes a prefix or a pattern.</param>
    public static IReadOnlyList<FieldError> Check(PagesRequest request, bool sitemap)
    {
        string[] names = sitemap ? ["urls", "sitemap"] : ["urls", "prefix", "pattern"];
        var given = new (string Name, bool IsGiven)[]
        {
            ("urls", request.Urls is not null), ("prefix", request.Prefix is not null), ("pattern", request.Pattern is not null), ("sitemap", request.Sitemap is not null),
        }.Where(member => member.IsGiven).Select(member => member.Name).ToList();
        var wrong = given.Find(name => !names.Contains(name));
        return
        [
            .. new[]
            {
                wrong is not null ? new FieldError(wrong, $"'{wrong}' does not apply to this route: give one of {string.Join(", ", names)}.")
                    : given.Count != 1 ? new FieldError(names[0], $"Exactly one of {string.Join(", ", names)} must be given; the body has {(given.Count == 0 ? "none" : string.Join(" and ", given))}.")
                    : null,
                request.Urls is { } urls && urls.Count is 0 or > PagesRequest.MaxPages
                    ? new FieldError("urls", $"'urls' has {request.Urls!.Count} URLs: it must have 1 to {PagesRequest.MaxPages}.") : null,
                request.Urls?.Any(static url => url is null) == true ? new FieldError("urls", "'urls' has null: each must be a URL of the site, absolute or as a path.") : null,
                CheckText("prefix", request.Prefix), CheckText("pattern", request.Pattern), CheckText("sitemap", request.Sitemap), CheckText("after", request.After),
            }.OfType<FieldError>(),
        ];
    }

    /// <summary>The error of a text; null when it has 1 to 2,048 characters or is not given.</summary>
    public static FieldError? CheckText(string field, string? text) => text is { Length: 0 or > RenderLimits.MaxUrlLength }
        ? new(field, $"'{field}' has {text.Length} characters: it must have 1 to {RenderLimits.MaxUrlLength}.")
        : null;

    /// <summary>The items of a page of results, and the cursor of the next page: the URL of the last item; null when no item follows. Items of one URL, its renditions, are not separated.</summary>
    /// <param name="sorted">Items, ordered by URL.</param>
    /// <param name="urlOf">The URL of an item.</param>
    /// <param name="after">The cursor; null to begin.</param>
    /// <param name="limit">Maximum number of items; the other renditions of the last URL are added to them.</param>
    public static (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> sorted, Func<T, string> urlOf, string? after, int limit)
    {
        var items = new List<T>();
        foreach (var item in sorted.Where(item => after is null || string.CompareOrdinal(urlOf(item), after) > 0))
        {
            if (items.Count >= limit && urlOf(item) != urlOf(items[^1]))
            {
                return (items, urlOf(items[^1]));
            }

            items.Add(item);
        }

        return (items, null);
    }
}
