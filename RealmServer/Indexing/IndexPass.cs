using System.Collections.Concurrent;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Runs one pass over all cards. The plan is based on the stored pages, so after an interrupted pass, by a lost manager or a kill, the next one
/// continues where it stopped, and a pass with nothing to do renders nothing.</summary>
internal sealed partial class IndexPass(
    PageRenderer renderer, StoredPages pages, IndexSources sources, IndexProgress progress, RealmMetrics metrics, IOptions<IndexOptions> options, ILogger<IndexPass> logger)
{
    // Written by the workers, read at the start of a pass.
    private readonly ConcurrentDictionary<string, (RenderedFrom From, IndexFailure Failure)> _failed = new(StringComparer.Ordinal);

    private SourceListing _listing = SourceListing.Empty;

    /// <summary>Whether cards or realms were added, changed or removed since the latest pass began.</summary>
    public bool SourcesChanged => !_listing.HasSameAs(sources.Read());

    /// <summary>Makes the next pass render failed cards again even if nothing changed.</summary>
    public void ForgetFailures() => _failed.Clear();

    /// <summary>Renders every card that has no page of its current content on the current shell, and removes pages whose card is gone. True if every
    /// card got a verdict.</summary>
    /// <param name="generation">The fleet's shell generation.</param>
    /// <param name="cancellationToken">Cancels the pass.</param>
    /// <exception cref="ManagerUnavailableException">The manager cannot render now.</exception>
    /// <exception cref="RegistryUnavailableException">The registry is unavailable, so nothing can be stored.</exception>
    public async Task<bool> RunAsync(long generation, CancellationToken cancellationToken)
    {
        var listing = sources.Read();
        _listing = listing;
        await pages.RemoveWithdrawnAsync(listing.Withdrawn, cancellationToken);
        var failed = _failed.ToDictionary();
        var stored = await pages.ReadAsync(listing, cancellationToken);
        var rendered = stored.Rendered;
        var plan = IndexPlan.Of(listing.Entries, stored.SeenNow, rendered, failed.ToDictionary(f => f.Key, f => f.Value.From), generation);
        if (plan.Due.Count > 0)
        {
            await renderer.EnsureReadyAsync(cancellationToken);
            LogBegin(plan.Due.Count, listing.Entries.Count);
        }

        progress.Begin(listing.Entries, plan.Skipped, [.. plan.Failed.Select(e => failed[e.Key].Failure)], listing.Problems);
        var isComplete = await RenderAllAsync(DependencyRules.ByDepth(plan.Due, IsChanged(rendered, generation), stored.Facts), stored, cancellationToken);
        await pages.RemoveAsync(stored.Removed, cancellationToken);
        var line = progress.End();
        if (plan.Due.Count > 0)
        {
            LogEnd(line, plan.Skipped.Count);
        }

        return isComplete;
    }

    // Cards that changed themselves are rendered before cards that only read a changed one.
    private static Func<PageSource, bool> IsChanged(IReadOnlyDictionary<string, RenderedFrom> rendered, long generation) =>
        entry => !rendered.TryGetValue(entry.Key, out var from) || from.Seen?.Card != entry.Version || from.Generation < generation;

    private async Task<bool> RenderAllAsync(IReadOnlyList<IReadOnlyList<PageSource>> levels, StoredIndex stored, CancellationToken cancellationToken)
    {
        var unresolved = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency, CancellationToken = cancellationToken };
        foreach (var level in levels)
        {
            await Parallel.ForEachAsync(level, parallel, async (entry, token) =>
            {
                var outcome = await RenderAsync(entry, stored.BasisOf(entry), token);
                Note(entry, stored, outcome);
                if (outcome is PageOutcome.Unresolved or PageOutcome.Stored { IsSuperseded: true })
                {
                    Interlocked.Increment(ref unresolved);
                }
            });
        }

        return unresolved == 0;
    }

    // A failure of one card does not stop the pass; an unavailable manager or registry does.
    private async Task<PageOutcome> RenderAsync(PageSource entry, RenderBasis basis, CancellationToken cancellationToken)
    {
        try
        {
            return await renderer.RenderAsync(entry, basis, RenderUrgency.Index, within: null, cancellationToken);
        }
        catch (Exception e) when (e is not (ManagerUnavailableException or RegistryUnavailableException) && !cancellationToken.IsCancellationRequested)
        {
            LogCardFailed(e, entry.Url);
            return new PageOutcome.Unresolved($"Indexing the card failed unexpectedly: {e.Message}");
        }
    }

    private void Note(PageSource entry, StoredIndex stored, PageOutcome outcome)
    {
        metrics.CardIndexed(MetricConventions.TagValue(outcome.GetType().Name));
        var failure = outcome switch
        {
            PageOutcome.Failed failed => new IndexFailure(entry.Url, failed.Reason) { Rendition = entry.Rendition, Realm = entry.Realm, Diagnostics = failed.Diagnostics },
            PageOutcome.Unresolved unresolved => new IndexFailure(entry.Url, unresolved.Reason) { Rendition = entry.Rendition, Realm = entry.Realm, Diagnostics = unresolved.Diagnostics },
            _ => null,
        };
        if (failure is not null && outcome is PageOutcome.Failed verdict)
        {
            _failed[entry.Key] = (new(stored.SeenNow(entry), verdict.Generation), failure);
        }
        else
        {
            _failed.TryRemove(entry.Key, out _);
        }

        if (failure is not null)
        {
            LogCard(entry.Url, outcome.RenderId ?? "-", failure.Reason);
        }

        if (progress.Advance(entry, failure) is { } line)
        {
            LogProgress(line);
        }
    }

    [LoggerMessage(LogLevel.Information, "Indexing {Due} of {Total} cards.")]
    private partial void LogBegin(int due, int total);

    [LoggerMessage(LogLevel.Information, "Indexing {Progress}")]
    private partial void LogProgress(string progress);

    [LoggerMessage(LogLevel.Information, "Index complete {Progress}, {Skipped} already stored.")]
    private partial void LogEnd(string progress, int skipped);

    [LoggerMessage(LogLevel.Warning, "No page of {Url}, render {RenderId}: {Reason}")]
    private partial void LogCard(string url, string renderId, string reason);

    [LoggerMessage(LogLevel.Error, "Indexing {Url} failed unexpectedly; continuing with the other cards.")]
    private partial void LogCardFailed(Exception exception, string url);
}
