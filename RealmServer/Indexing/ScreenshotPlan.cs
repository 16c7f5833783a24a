using Fleet.Contracts;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;

namespace Fleet.RealmServer.Indexing;

/// <summary>Finds the stored pages of public cards whose screenshot is missing or out of date.</summary>
internal sealed class ScreenshotPlan(IndexSources sources, IPageStore pages, IScreenshotStore screenshots, ScreenshotTaker taker)
{
    /// <summary>Reads the folders and the stores.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<DueScreenshots> ReadAsync(CancellationToken cancellationToken)
    {
        var due = new DueScreenshots([], new(StringComparer.Ordinal));
        foreach (var realm in sources.Read().Entries.Where(entry => entry is { Rendition: Rendition.Desktop, Realm.IsPrivate: false }).GroupBy(entry => entry.RealmUrl, StringComparer.Ordinal))
        {
            var taken = await screenshots.GetFactsAsync(realm.Key, cancellationToken);
            var facts = await pages.GetFactsAsync(realm.Key, cancellationToken);
            foreach (var source in realm)
            {
                due.Cards.Add(source.Url);
                if (facts.TryGetValue(source.Url, out var page) && page.Look is { } look && !taker.IsCurrent(taken.GetValueOrDefault(source.Url), look))
                {
                    due.Sources.Enqueue(source);
                }
            }
        }

        return due;
    }
}

/// <summary>The result of a plan.</summary>
/// <param name="Sources">Cards without a current screenshot.</param>
/// <param name="Cards">URLs of all public cards.</param>
internal sealed record DueScreenshots(Queue<PageSource> Sources, HashSet<string> Cards);
