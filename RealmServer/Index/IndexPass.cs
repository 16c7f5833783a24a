using System.Collections.Concurrent;
using Fleet.RealmServer.Pages;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Registry.Pictures;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Index;

/// <summary>Goes once through all cards. It plans from what is stored, so one that was broken off, by a lost manager or by a kill, goes on
/// where it stood, and one with nothing to do renders nothing.</summary>
internal sealed partial class IndexPass(
    PageRenderer renderer, ManagerClient manager, IPageStore store, IPictureStore pictures, IndexSources sources, IndexProgress progress, RealmMetrics metrics,
    IOptions<IndexOptions> options, TimeProvider timeProvider, ILogger<IndexPass> logger)
{
    // Written by the workers, read between passes.
    private readonly ConcurrentDictionary<string, (PageVersion Version, IndexFailure Failure)> _failed = new(StringComparer.Ordinal);

    private IReadOnlyList<PageSource> _entries = [];

    /// <summary>Whether cards were added, changed or removed since the latest pass began.</summary>
    public bool SourcesChanged => !_entries.SequenceEqual(sources.Read().Entries);

    /// <summary>Has cards that failed tried again although nothing changed.</summary>
    public void ForgetFailures() => _failed.Clear();

    /// <summary>Has every card rendered that has no page of its content on the current shell, and pages without a card removed. True when each got
    /// a verdict.</summary>
    /// <param name="generation">The fleet's shell generation.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ManagerUnavailableException">Nobody can render now.</exception>
    /// <exception cref="RegistryUnavailableException">Nothing can be stored now.</exception>
    public async Task<bool> RunAsync(long generation, CancellationToken cancellationToken)
    {
        var (entries, problems, realms, withdrawn) = sources.Read();
        _entries = entries;
        await ForgetAsync(withdrawn, cancellationToken);
        var failed = _failed.ToDictionary();
        var stored = await StoredIndex.ReadAsync(store, realms, cancellationToken);
        var removed = stored.Without(entries);
        var newest = DependencyRules.WithNewest(entries, stored.Facts, timeProvider.GetUtcNow().UtcTicks);
        var plan = IndexPlan.Of(newest, stored.Versions, failed.ToDictionary(f => f.Key, f => f.Value.Version), generation)
            .WithReadersOf(removed.Select(page => page.Url), stored.Facts);
        if (plan.Due.Count > 0)
        {
            await manager.EnsureReadyAsync(cancellationToken);
            LogBegin(plan.Due.Count, entries.Count);
        }

        progress.Begin(entries, plan.Skipped, [.. plan.Known.Select(e => failed[e.Url].Failure)], problems);
        var unresolved = await RenderAllAsync(
            DependencyRules.ByDepth(plan.Due, IsChanged(entries, stored, generation), stored.Facts), cancellationToken);
        await RemoveAsync(removed, unresolved, stored.Facts, cancellationToken);
        var line = progress.End();
        if (plan.Due.Count > 0)
        {
            LogEnd(line, plan.Skipped.Count);
        }

        return unresolved.Count == 0;
    }

    // What is rendered for its own sake comes before what is rendered for another card's.
    private static Func<PageSource, bool> IsChanged(IReadOnlyList<PageSource> entries, StoredIndex stored, long generation)
    {
        var own = entries.ToDictionary(entry => entry.Url, entry => entry.Version, StringComparer.Ordinal);
        return entry => !stored.Versions.TryGetValue(entry.Url, out var version) || version.SourceVersion < own[entry.Url] || version.Generation < generation;
    }

    private async Task<IReadOnlySet<string>> RenderAllAsync(IReadOnlyList<IReadOnlyList<PageSource>> levels, CancellationToken cancellationToken)
    {
        var unresolved = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency, CancellationToken = cancellationToken };
        foreach (var level in levels)
        {
            await Parallel.ForEachAsync(level, parallel, async (entry, token) =>
            {
                var outcome = await RenderAsync(entry, token);
                Note(entry, outcome);
                if (outcome is PageOutcome.Unresolved)
                {
                    unresolved[entry.Url] = true;
                }
            });
        }

        return unresolved.Keys.ToHashSet(StringComparer.Ordinal);
    }

    // Last of all, and only when those that read the card know that it is gone: the page that is left over is what a pass that was broken off
    // finds them by.
    private async Task RemoveAsync(
        IReadOnlyList<RemovedPage> removed, IReadOnlySet<string> unresolved, IReadOnlyDictionary<string, PageFacts> facts, CancellationToken cancellationToken)
    {
        var awaited = unresolved.SelectMany(url => facts.TryGetValue(url, out var known) ? known.Deps : []).Select(DependencyRules.PageOf).ToHashSet(StringComparer.Ordinal);
        foreach (var page in removed.Where(page => !awaited.Contains(page.Url)))
        {
            if (await store.RemoveAsync(page.Realm, page.Url, page.SourceVersion, cancellationToken))
            {
                await pictures.RemoveAsync(page.Realm, page.Url, cancellationToken);
                LogRemoved(page.Url);
            }
        }
    }

    // What was stored while a realm was public must not stay where nobody is asked for a key.
    private async Task ForgetAsync(IEnumerable<string> withdrawn, CancellationToken cancellationToken)
    {
        foreach (var realm in withdrawn)
        {
            foreach (var (url, version) in await store.GetVersionsAsync(realm, cancellationToken))
            {
                await store.RemoveAsync(realm, url, version.SourceVersion, cancellationToken);
            }

            foreach (var url in (await pictures.GetFactsAsync(realm, cancellationToken)).Keys)
            {
                await pictures.RemoveAsync(realm, url, cancellationToken);
            }
        }
    }

    // Whatever one card does, the others are indexed; only what concerns them all breaks the pass off.
    private async Task<PageOutcome> RenderAsync(PageSource entry, CancellationToken cancellationToken)
    {
        try
        {
            return await renderer.RenderAsync(entry, RenderUrgency.Index, cancellationToken);
        }
        catch (Exception e) when (e is not (ManagerUnavailableException or RegistryUnavailableException) && !cancellationToken.IsCancellationRequested)
        {
            LogCardFailed(e, entry.Url);
            return new PageOutcome.Unresolved($"Indexing it failed unexpectedly: {e.Message}");
        }
    }

    private void Note(PageSource entry, PageOutcome outcome)
    {
        metrics.CardIndexed(outcome.GetType().Name.ToLowerInvariant());
        var failure = outcome switch
        {
            PageOutcome.Failed failed => new IndexFailure(entry.Url, failed.Reason) { Realm = entry.Realm, Diagnostics = failed.Diagnostics },
            PageOutcome.Unresolved unresolved => new IndexFailure(entry.Url, unresolved.Reason) { Realm = entry.Realm, Diagnostics = unresolved.Diagnostics },
            _ => null,
        };
        if (failure is not null && outcome is PageOutcome.Failed verdict)
        {
            _failed[entry.Url] = (new(entry.Version, verdict.Generation), failure);
        }
        else
        {
            _failed.TryRemove(entry.Url, out _);
        }

        if (failure is not null)
        {
            LogCard(entry.Url, failure.Reason);
        }

        if (progress.Advance(entry, failure) is { } line)
        {
            LogProgress(line);
        }
    }
}
