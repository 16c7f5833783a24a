using Fleet.RealmServer.Realms;

namespace Fleet.RealmServer.Index;

/// <summary>How far the index is: written by the indexer's workers, read by whoever asks.</summary>
internal sealed class IndexProgress(TimeProvider timeProvider)
{
    private const int MaxFailures = 1000;

    private const int BarWidth = 20;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, IndexFailure> _failures = new(StringComparer.Ordinal);
    private IndexStatus _status = new() { State = IndexState.Waiting, Reason = "The server starts." };

    /// <summary>How it stands, with the failures and problems of the realms that somebody may read. The numbers are of all.</summary>
    public IndexStatus StatusFor(Func<Realm, bool> mayRead)
    {
        lock (_gate)
        {
            return _status with
            {
                Failures = [.. _failures.Values.Where(failure => failure.Realm is not { } realm || mayRead(realm)).Take(MaxFailures)],
                Problems = [.. _status.Problems.Where(problem => problem.Realm is not { } realm || mayRead(realm))],
            };
        }
    }

    /// <summary>How it stands, without the list of failures.</summary>
    public IndexStatus Brief
    {
        get
        {
            lock (_gate)
            {
                return _status with { Problems = [] };
            }
        }
    }

    /// <summary>The failure of a card; null when it is none.</summary>
    public IndexFailure? Find(string url)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(url);
        }
    }

    public void Off(string reason) => Change(status => status with { State = IndexState.Off, Reason = reason });

    /// <summary>Waits. True when it did not wait for the same before.</summary>
    public bool Wait(string reason)
    {
        lock (_gate)
        {
            var news = _status.State != IndexState.Waiting || _status.Reason != reason;
            _status = _status with { State = IndexState.Waiting, Reason = reason };
            return news;
        }
    }

    /// <summary>A pass begins.</summary>
    /// <param name="total">Cards of all realms.</param>
    /// <param name="skipped">Those whose page is stored already.</param>
    /// <param name="failures">Those that failed before and have not changed since.</param>
    /// <param name="problems">What is no realm or no card.</param>
    public void Begin(int total, int skipped, IReadOnlyCollection<IndexFailure> failures, IReadOnlyList<RealmProblem> problems)
    {
        lock (_gate)
        {
            _failures.Clear();
            foreach (var failure in failures)
            {
                _failures[failure.Url] = failure;
            }

            _status = new()
            {
                State = IndexState.Running,
                Total = total,
                Skipped = skipped,
                Failed = failures.Count,
                Done = skipped + failures.Count,
                Problems = problems,
                StartedAt = timeProvider.GetUtcNow(),
            };
        }
    }

    /// <summary>One card is done. Gives the progress as a line when it crosses a tenth, else null.</summary>
    public string? Advance(IndexFailure? failure)
    {
        lock (_gate)
        {
            var before = _status.Done;
            if (failure is not null)
            {
                _failures[failure.Url] = failure;
            }

            _status = _status with { Done = before + 1, Failed = _status.Failed + (failure is null ? 0 : 1) };
            return before * 10 / _status.Total == _status.Done * 10 / _status.Total ? null : Line(_status);
        }
    }

    /// <summary>The pass is over. Gives its last line.</summary>
    public string End()
    {
        lock (_gate)
        {
            _status = _status with { State = IndexState.Done, FinishedAt = timeProvider.GetUtcNow() };
            return Line(_status);
        }
    }

    /// <summary>Progress for people: <c>[##########----------]  50 %  60 of 120 cards, 1 failed</c>.</summary>
    internal static string Line(IndexStatus status)
    {
        var filled = status.Total == 0 ? BarWidth : BarWidth * status.Done / status.Total;
        var percent = status.Total == 0 ? 100 : 100 * status.Done / status.Total;
        return $"[{new string('#', filled)}{new string('-', BarWidth - filled)}] {percent,3} %  {status.Done} of {status.Total} cards, {status.Failed} failed";
    }

    private void Change(Func<IndexStatus, IndexStatus> change)
    {
        lock (_gate)
        {
            _status = change(_status);
        }
    }
}
