using System.Globalization;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Rejects renders of URLs, and of realms, that repeatedly hung their pages. After a pause it allows one trial render; a new host shell resets it.</summary>
internal sealed class HangCircuitBreaker(RenderingOptions options, TimeProvider time)
{
    /// <summary>How many times more hangs it takes to reject a realm than a URL.</summary>
    private const int RealmFactor = 4;
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
                    var left = until - time.GetUtcNow();
                    if (left > TimeSpan.Zero)
                    {
                        throw new RequestException(StatusCodes.Status503ServiceUnavailable, "breaker-open",
                            string.Create(CultureInfo.InvariantCulture, $"{key} hung its page {record.Hangs} times (Rendering:HangsToOpen is {options.HangsToOpen}). The next attempt is allowed in {left.TotalSeconds:0} s."), left);
                    }

                    // This render is the trial. Others are rejected for another pause, or until the trial ends.
                    record.OpenUntil = time.GetUtcNow() + options.BreakerPause;
                    record.Trial = operation;
                }
            }
        }
    }

    /// <summary>Records whether a render hung its page. A success clears the URL, and also the realm if it was the trial; otherwise it cancels one hang of the
    /// realm. So a realm is rejected only when its hangs outnumber its successes, and a single success does not clear it.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="hung">Whether the page was busy past the deadline, crashed, or exceeded a limit.</param>
    public void Report(RenderOperation operation, bool hung)
    {
        lock (_gate)
        {
            foreach (var (key, limit, isUrl) in KeysOf(operation))
            {
                if (hung)
                {
                    AddHang(key, limit);
                }
                else if (_records.TryGetValue(key, out var record)
                    && (isUrl || ReferenceEquals(record.Trial, operation) || (record.OpenUntil is null && --record.Hangs <= 0)))
                {
                    _records.Remove(key);
                }
            }
        }
    }

    private void AddHang(string key, int limit)
    {
        if (!_records.TryGetValue(key, out var record) || time.GetUtcNow() - record.Last > options.BreakerPause * 10)
        {
            if (_records.Count >= MaxKeys)
            {
                _records.Remove(_records.MinBy(r => r.Value.Last).Key);
            }

            _records[key] = record = new();
        }

        record.Hangs++;
        record.Last = time.GetUtcNow();
        record.OpenUntil = record.Hangs >= limit ? record.Last + options.BreakerPause : null;
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

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset? OpenUntil { get; set; }

        /// <summary>The render that was allowed as a trial.</summary>
        public RenderOperation? Trial { get; set; }
    }
}
