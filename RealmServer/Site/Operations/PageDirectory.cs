using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site.Operations;

/// <summary>Lists and describes the stored pages of the site, of private realms too: its callers are operators.</summary>
internal sealed class PageDirectory(
    IPageStore store, PageTargets targets, PageRenditions renditions, PageDecisions decisions, PageFailures failures, OnDemandRenders onDemand, HostShellClaims claims, TimeProvider timeProvider)
{
    /// <summary>All stored pages in all renditions, ordered by URL and rendition.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<IReadOnlyList<ListedPage>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var pages = new List<ListedPage>();
        foreach (var (realm, rendition) in targets.Scopes.SelectMany(realm => renditions.All.Select(rendition => (realm, rendition))))
        {
            var scope = PageScope.Of(realm, rendition);
            var versions = await store.GetVersionsAsync(scope, cancellationToken);
            foreach (var (url, facts) in await store.GetFactsAsync(scope, cancellationToken))
            {
                // Between the two reads, a page may have been stored or removed.
                if (versions.TryGetValue(url, out var version))
                {
                    var source = targets.Stored(realm, url) with { Rendition = rendition };
                    pages.Add(new(url, StateOf(new(ContentKind.Content, facts.Seen?.Card, version.Generation, facts.RenderedAt, facts.IsCapped), source), now - facts.RenderedAt, facts)
                    {
                        Source = source,
                        Generation = version.Generation,
                    });
                }
            }
        }

        return [.. pages.OrderBy(static page => page.Url, StringComparer.Ordinal).ThenBy(static page => page.Source.Rendition)];
    }

    /// <summary>What is known of a page; null if it is not stored, has not failed recently, and is not about to be rendered.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<PageInspection?> InspectAsync(PageSource source, CancellationToken cancellationToken)
    {
        var inspected = await Task.WhenAll(renditions.Of(source).Select(page => InspectRenditionAsync(page, cancellationToken)));
        return inspected.All(static page => page is { Stored: null, LastFailure: null, IsPending: false }) ? null : inspected[0] with { Mobile = inspected.ElementAtOrDefault(1) };
    }

    private async Task<PageInspection> InspectRenditionAsync(PageSource source, CancellationToken cancellationToken)
    {
        var page = await store.GetAsync(source.Scope, source.Url, cancellationToken);
        var failure = failures.Find(source);
        return new()
        {
            Url = source.Url,
            Kind = source.IsRoute ? PageKind.Route : PageKind.Card,
            IsPending = onDemand.IsPending(source),
            LastFailure = failure is null ? null : new(failure.Outcome.Reason, failure.Age, failure.Left)
            {
                RenderId = failure.Outcome.RenderId,
                Record = failure.Outcome.Diagnostics?.Record,
            },
            Stored = page is null ? null : new()
            {
                State = StateOf(StoredState.Of(page, ContentKind.Content), source),
                Status = page.Status,
                RedirectUrl = page.RedirectUrl,
                RenderedAt = page.RenderedAt,
                StartedAt = page.StartedAt,
                AgeSeconds = Seconds(timeProvider.GetUtcNow() - page.RenderedAt),
                LastRequestedAt = source.IsRoute ? await store.GetLastUseAsync(source.Scope, source.Url, cancellationToken) : null,
                ShellToken = page.ShellToken,
                Generation = page.Generation,
                FleetGeneration = claims.FleetShell?.Generation,
                ETag = page.ETag,
                Headers = page.Headers,
                IsNoIndex = page.IsNoIndex,
                IsCapped = page.IsCapped,
                FormatBytes = page.Formats.ToDictionary(format => format.Key, format => (long)System.Text.Encoding.UTF8.GetByteCount(format.Value)),
                Reads = [.. page.Deps.Take(PageInspection.MaxReads)],
                Screenshot = page.Screenshot,
            },
        };
    }

    internal static long Seconds(TimeSpan age) => Math.Max(0, (long)age.TotalSeconds);

    private PageState StateOf(StoredState page, PageSource source) =>
        decisions.On(page, source, crawler: false).Render != PageRender.No ? PageState.Outdated
        : page.IsCapped ? PageState.Capped
        : PageState.Current;
}

/// <summary>A stored page in a list.</summary>
/// <param name="Url">Its URL.</param>
/// <param name="State">Its state.</param>
/// <param name="Age">Time since it was rendered.</param>
/// <param name="Facts">Its metadata.</param>
internal sealed record ListedPage(string Url, PageState State, TimeSpan Age, PageFacts Facts)
{
    /// <summary>The page's source.</summary>
    public required PageSource Source { get; init; }

    /// <summary>Generation of the shell that it was rendered on.</summary>
    public required long Generation { get; init; }
}
