using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Indexing;

/// <summary>The progress of the index. Written by the indexer's workers, read by requests.</summary>
internal sealed class IndexProgress(TimeProvider timeProvider)
{
    private const int MaxFailures = 1000;

    private const int BarWidth = 20;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, IndexFailure> _failures = new(StringComparer.Ordinal);
    private Dictionary<Realm, IndexCounts> _counts = [];
    private IndexStatus _status = new() { State = IndexState.Waiting, Reason = "The server is starting." };

    /// <summary>The status with the counts, failures and problems of the realms that the caller may read.</summary>
    public IndexStatus StatusFor(Func<Realm, bool> mayRead)
    {
        lock (_gate)
        {
            return Counted(mayRead) with
            {
                Failures = [.. _failures.Values.Where(failure => failure.Realm is not { } realm || mayRead(realm)).Take(MaxFailures)],
                Problems = [.. _status.Problems.Where(problem => problem.Realm is not { } realm || mayRead(realm))],
            };
        }
    }

    /// <summary>The status without failures and problems.</summary>
    public IndexStatus BriefFor(Func<Realm, bool> mayRead)
    {
        lock (_gate)
        {
            return Counted(mayRead) with { Problems = [] };
        }
    }

    /// <summary>The status of all realms, without failures and problems.</summary>
    public IndexStatus Brief => BriefFor(Everything);

    /// <summary>The failure of a card; null if it did not fail.</summary>
    public IndexFailure? Find(string url)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(KeyOf(url, Rendition.Desktop)) ?? _failures.GetValueOrDefault(KeyOf(url, Rendition.Mobile));
        }
    }

    public void Off(string reason) => Change(status => status with { State = IndexState.Off, Reason = reason });

    /// <summary>Sets the state to waiting. True if state or reason changed.</summary>
    public bool Wait(string reason)
    {
        lock (_gate)
        {
            var changed = _status.State != IndexState.Waiting || _status.Reason != reason;
            _status = _status with { State = IndexState.Waiting, Reason = reason };
            return changed;
        }
    }

    /// <summary>Begins a pass.</summary>
    /// <param name="cards">Cards of all realms.</param>
    /// <param name="skipped">Cards whose page is already stored.</param>
    /// <param name="failures">Cards that failed before and have not changed since.</param>
    /// <param name="problems">Folders that are not realms and files that are not cards.</param>
    public void Begin(IReadOnlyCollection<PageSource> cards, IEnumerable<PageSource> skipped, IReadOnlyCollection<IndexFailure> failures, IReadOnlyList<RealmProblem> problems)
    {
        lock (_gate)
        {
            _failures.Clear();
            foreach (var failure in failures)
            {
                _failures[KeyOf(failure.Url, failure.Rendition)] = failure;
            }

            _counts = IndexCounts.ByRealm(cards, skipped, failures);
            _status = new()
            {
                State = IndexState.Running,
                Problems = problems,
                StartedAt = timeProvider.GetUtcNow(),
            };
        }
    }

    /// <summary>Records that a card is done. Returns a progress line when another tenth of the cards is done, otherwise null.</summary>
    /// <param name="card">The card.</param>
    /// <param name="failure">Why the card has no page; null if it has one.</param>
    public string? Advance(PageSource card, IndexFailure? failure)
    {
        lock (_gate)
        {
            var before = Counted(Everything).Done;
            if (failure is not null)
            {
                _failures[KeyOf(failure.Url, failure.Rendition)] = failure;
            }

            _counts[card.Realm!] = _counts[card.Realm!].Advanced(failure is not null);
            var status = Counted(Everything);
            return before * 10 / status.Total == status.Done * 10 / status.Total ? null : Line(status);
        }
    }

    /// <summary>Ends the pass. Returns the final progress line.</summary>
    public string End()
    {
        lock (_gate)
        {
            _status = _status with { State = IndexState.Done, FinishedAt = timeProvider.GetUtcNow() };
            return Line(Counted(Everything));
        }
    }

    /// <summary>The progress line: <c>[##########----------]  50 %  60 of 120 cards, 1 failed</c>.</summary>
    internal static string Line(IndexStatus status)
    {
        var filled = status.Total == 0 ? BarWidth : BarWidth * status.Done / status.Total;
        var percent = status.Total == 0 ? 100 : 100 * status.Done / status.Total;
        return $"[{new string('#', filled)}{new string('-', BarWidth - filled)}] {percent,3} %  {status.Done} of {status.Total} cards, {status.Failed} failed";
    }

    private static string KeyOf(string url, Rendition rendition) => PageScope.Of(url, rendition);

    private static bool Everything(Realm realm) => true;

    private IndexStatus Counted(Func<Realm, bool> mayRead)
    {
        var counts = _counts.Where(realm => mayRead(realm.Key)).Select(realm => realm.Value).ToList();
        return _status with
        {
            Total = counts.Sum(realm => realm.Total),
            Done = counts.Sum(realm => realm.Done),
            Skipped = counts.Sum(realm => realm.Skipped),
            Failed = counts.Sum(realm => realm.Failed),
        };
    }

    private void Change(Func<IndexStatus, IndexStatus> change)
    {
        lock (_gate)
        {
            _status = change(_status);
        }
    }
}
