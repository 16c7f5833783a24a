using System.Globalization;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Rejects renders of URLs, and of realms, that repeatedly hung their pages. After a pause it allows one trial render, and a longer pause
/// follows a trial that fails; a new host shell resets it.</summary>
internal sealed class HangCircuitBreaker(RenderingOptions options, TimeProvider time)
{
    /// <summary>How many times more hangs it takes to reject a realm than a URL.</summary>
    private const int RealmFactor = 4;

    /// <summary>How many hangs a page that exceeded a limit counts as. Unlike a page that hangs, it slows the pages beside it, and it will exceed the limit again. So its URL is
    /// rejected at once, and a realm after as many such pages as a URL may hang.</summary>
    private const int ExceededFactor = RealmFactor;

    /// <summary>How many times <see cref="RenderingOptions.BreakerPause"/> the pause may become by trials that fail, each of which doubles it.</summary>
    private const int MaxPauses = 8;

    private const int MaxKeys = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Record> _records = [];
    private string? _shell;

    /// <summary>Throws a 503 with the reason when the render's URL or realm is currently rejected.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="shell">Token of the current host shell; null if unknown.</param>
    public void Check(RenderOperation operation, string? shell)
    {
        lock (_gate)
        {
            // The first shell that this server learns is not a new one.
            if (shell is not null && shell != _shell)
            {
                if (_shell is not null)
                {
                    _records.Clear();
                }

                _shell = shell;
            }

            foreach (var (key, _, _) in KeysOf(operation))
            {
                if (_records.TryGetValue(key, out var record) && record.OpenUntil is { } until)
                {
                    var left = until - time.GetMonotonicTime();
                    if (left > TimeSpan.Zero)
                    {
                        throw new RequestException(StatusCodes.Status503ServiceUnavailable, "breaker-open",
                            string.Create(CultureInfo.InvariantCulture, $"{key} hung its page, or exceeded a limit, too often (Rendering:HangsToOpen is {options.HangsToOpen}). The next attempt is allowed in {left.TotalSeconds:0} s."), left);
                    }

                    // This render is the trial. Others are rejected for another pause, or until the trial ends.
                    record.OpenUntil = time.GetMonotonicTime() + record.Pause;
                    record.Trial = operation;
                }
            }
        }
    }

    /// <summary>Records how a render left its page. A success clears the URL, and also the realm if it was the trial; otherwise it cancels one hang of the
    /// realm. So a realm is rejected only when its hangs outnumber its successes, and a single success does not clear it.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="fault">What was wrong with the page.</param>
    public void Report(RenderOperation operation, PageFault fault)
    {
        lock (_gate)
        {
            foreach (var (key, limit, isUrl) in KeysOf(operation))
            {
                if (fault != PageFault.None)
                {
                    AddHang(key, limit, fault == PageFault.ExceededLimit ? ExceededFactor : 1, operation);
                }
                else if (_records.TryGetValue(key, out var record)
                    && (isUrl || ReferenceEquals(record.Trial, operation) || (record.OpenUntil is null && --record.Hangs <= 0)))
                {
                    _records.Remove(key);
                }
            }
        }
    }

    private void AddHang(string key, int limit, int hangs, RenderOperation operation)
    {
        if (!_records.TryGetValue(key, out var record) || time.GetMonotonicTime() - record.Last > options.BreakerPause * 10)
        {
            if (_records.Count >= MaxKeys)
            {
                _records.Remove(_records.MinBy(r => r.Value.Last).Key);
            }

            _records[key] = record = new() { Pause = options.BreakerPause };
        }
        else if (ReferenceEquals(record.Trial, operation))
        {
            record.Pause = TimeSpan.FromTicks(Math.Min(record.Pause.Ticks * 2, options.BreakerPause.Ticks * MaxPauses));
        }

        record.Hangs += hangs;
        record.Last = time.GetMonotonicTime();
        record.OpenUntil = record.Hangs >= limit ? record.Last + record.Pause : null;
    }

    private IEnumerable<(string Key, int Limit, bool IsUrl)> KeysOf(RenderOperation operation)
    {
        // All commands share one URL. The input of one user must not block the others, and neither must options that a caller chose.
        var owner = operation.Command is not null ? $" for {operation.Affinity}" : operation.Setup is not null || operation.Waits is not null ? " with options" : "";
        return [(operation.Url.AbsoluteUri + owner, options.HangsToOpen, true), ("The realm " + operation.Realm + owner, options.HangsToOpen * RealmFactor, false)];
    }

    private sealed class Record
    {
        public int Hangs { get; set; }

        public TimeSpan Last { get; set; }

        public TimeSpan? OpenUntil { get; set; }

        /// <summary>How long the next rejection lasts.</summary>
        public required TimeSpan Pause { get; set; }

        /// <summary>The render that was allowed as a trial.</summary>
        public RenderOperation? Trial { get; set; }
    }
}
