using Fleet.Manager.Visits;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Forwarding;

/// <summary>URLs that took two browsers down with them. Another try would take a third, and all that renders in it. One that rendered since
/// is acquitted, a new host shell acquits all, and so does time: a page that stood beside the culprit both times looks just like it.</summary>
internal sealed class Quarantine(IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    private const int Strikes = 2;
    private const int MostUrls = 10_000;

    private readonly Dictionary<string, Record> _byUrl = [];
    private readonly Lock _gate = new();
    private string? _shell;

    /// <summary>Why the URL is not rendered; null when it may be.</summary>
    public Refusal? Check(string url, string? shell)
    {
        lock (_gate)
        {
            Renew(shell);
            return _byUrl.TryGetValue(url, out var record) && record.Strikes >= Strikes && Left(record) is { Ticks: > 0 } left
                ? new Refusal(503, "quarantined",
                    $"This URL was being rendered when {record.Strikes} browsers crashed, and is not tried again for {left.TotalSeconds:F0} s (Manager:QuarantineTime) unless the host shell changes.")
                { RetryAfter = left }
                : null;
        }
    }

    /// <summary>A browser crashed under the URL.</summary>
    public void Strike(string url, string? shell)
    {
        lock (_gate)
        {
            Renew(shell);
            if (_byUrl.Count >= MostUrls)
            {
                Prune();
            }

            var before = _byUrl.TryGetValue(url, out var record) && Left(record) > TimeSpan.Zero ? record.Strikes : 0;
            if (_byUrl.Count < MostUrls || record is not null)
            {
                _byUrl[url] = new Record(before + 1, timeProvider.GetTimestamp());
            }
        }
    }

    /// <summary>The URL was rendered, well or badly, and the browser lived.</summary>
    public void Acquit(string url)
    {
        lock (_gate)
        {
            _byUrl.Remove(url);
        }
    }

    private void Renew(string? shell)
    {
        if (shell != _shell)
        {
            _byUrl.Clear();
            _shell = shell;
        }
    }

    private void Prune()
    {
        foreach (var url in _byUrl.Where(entry => Left(entry.Value) <= TimeSpan.Zero).Select(entry => entry.Key).ToList())
        {
            _byUrl.Remove(url);
        }
    }

    private TimeSpan Left(Record record) => options.Value.QuarantineTime - timeProvider.GetElapsedTime(record.At);

    private sealed record Record(int Strikes, long At);
}
