using System.Globalization;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Refuses what wedged its pages again and again: a URL, or a realm with several such URLs. After a while one render is let through to try;
/// a new host shell is a new chance for all.</summary>
internal sealed class HangCircuitBreaker(RenderingOptions options, TimeProvider time)
{
    /// <summary>How many times as many wedges close a realm as close a URL.</summary>
    private const int RealmFactor = 4;
    private const int MaxKeys = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Record> _records = [];
    private string? _shell;

    /// <summary>Throws a 503 that says why when the render's URL or realm is refused at the moment.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="shell">Token of the current host shell, if it is known.</param>
    public void Check(RenderOperation operation, string? shell)
    {
        lock (_gate)
        {
            if (shell != _shell)
            {
                _records.Clear();
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
                            string.Create(CultureInfo.InvariantCulture, $"{key} wedged its page {record.Wedges} times (Rendering:WedgesToOpen is {options.WedgesToOpen}). It is tried again in {left.TotalSeconds:0} s."), left);
                    }

                    // This render is the trial; until it has ended, the others wait for its verdict.
                    record.OpenUntil = time.GetUtcNow() + options.BreakerPause;
                    record.Trial = operation;
                }
            }
        }
    }

    /// <summary>Notes how a render's page fared. One that renders clears its URL, and its realm when it was the trial; else it makes up for one of the
    /// realm's wedges. So a realm is refused when more of it wedges than renders, and neither for a few bad pages among many good ones nor let off for one good one.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="wedged">It computed past the deadline, or crashed.</param>
    public void Report(RenderOperation operation, bool wedged)
    {
        lock (_gate)
        {
            foreach (var (key, limit, isUrl) in KeysOf(operation))
            {
                if (wedged)
                {
                    Count(key, limit);
                }
                else if (_records.TryGetValue(key, out var record)
                    && (isUrl || ReferenceEquals(record.Trial, operation) || (record.OpenUntil is null && --record.Wedges <= 0)))
                {
                    _records.Remove(key);
                }
            }
        }
    }

    private void Count(string key, int limit)
    {
        if (!_records.TryGetValue(key, out var record) || time.GetUtcNow() - record.Last > options.BreakerPause * 10)
        {
            if (_records.Count >= MaxKeys)
            {
                _records.Remove(_records.MinBy(r => r.Value.Last).Key);
            }

            _records[key] = record = new();
        }

        record.Wedges++;
        record.Last = time.GetUtcNow();
        record.OpenUntil = record.Wedges >= limit ? record.Last + options.BreakerPause : null;
    }

    private IEnumerable<(string Key, int Limit, bool IsUrl)> KeysOf(RenderOperation operation)
    {
        // All commands have one URL; what one user's input does is not to refuse the others.
        var whose = operation.Command is null ? "" : $" for {operation.Affinity}";
        return [(operation.Url.AbsoluteUri + whose, options.WedgesToOpen, true), ("The realm " + operation.Realm + whose, options.WedgesToOpen * RealmFactor, false)];
    }

    private sealed class Record
    {
        public int Wedges { get; set; }

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset? OpenUntil { get; set; }

        /// <summary>Who was let through to try.</summary>
        public RenderOperation? Trial { get; set; }
    }
}
