using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Rejects renders that crashed two browsers, because a third crash would also fail every other render in that browser. A successful render, a
/// new host shell or the expiry of the entry clears it: an innocent page that shared the browser both times looks the same. URLs, screenshots of a
/// URL and commands of a user are tracked separately, because a page that renders may still crash the browser in a screenshot or a command.</summary>
internal sealed class Quarantine(Func<string?> currentShell, IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    private const int Strikes = 2;
    private const int MaxSuspects = 10_000;

    private readonly Dictionary<Suspect, Record> _suspects = [];
    private readonly Lock _gate = new();
    private string? _shell;

    /// <summary>The error when the render is quarantined; otherwise null.</summary>
    public RenderError? Check(RenderOperation operation)
    {
        lock (_gate)
        {
            ClearIfShellChanged();
            return _suspects.TryGetValue(Suspect.Of(operation), out var record) && record.Strikes >= Strikes && Left(record) is { Ticks: > 0 } left
                ? new RenderError(503, "quarantined",
                    $"{record.Strikes} browsers crashed during this render. It is rejected for {left.TotalSeconds:F0} s (Manager:QuarantineTime) unless the host shell changes.")
                { RetryAfter = left }
                : null;
        }
    }

    /// <summary>Records that a browser crashed during the render.</summary>
    public void Strike(RenderOperation operation)
    {
        lock (_gate)
        {
            ClearIfShellChanged();
            if (_suspects.Count >= MaxSuspects)
            {
                Prune();
            }

            var suspect = Suspect.Of(operation);
            var before = _suspects.TryGetValue(suspect, out var record) && Left(record) > TimeSpan.Zero ? record.Strikes : 0;
            if (_suspects.Count < MaxSuspects || record is not null)
            {
                _suspects[suspect] = new Record(before + 1, timeProvider.GetTimestamp());
            }
        }
    }

    /// <summary>Records that the render ended with a verdict, so the browser survived it.</summary>
    public void Acquit(RenderOperation operation)
    {
        lock (_gate)
        {
            _suspects.Remove(Suspect.Of(operation));
        }
    }

    private void ClearIfShellChanged()
    {
        if (currentShell() is var shell && shell != _shell)
        {
            _suspects.Clear();
            _shell = shell;
        }
    }

    private void Prune()
    {
        foreach (var suspect in _suspects.Where(entry => Left(entry.Value) <= TimeSpan.Zero).Select(entry => entry.Key).ToList())
        {
            _suspects.Remove(suspect);
        }
    }

    private TimeSpan Left(Record record) => options.Value.QuarantineTime - timeProvider.GetElapsedTime(record.At);

    private sealed record Record(int Strikes, long At);

    /// <summary>Identifies what may have crashed the browser.</summary>
    /// <param name="Url">URL of the page; for a command it contains the command's name.</param>
    /// <param name="User">The user affinity of a command; null for a render.</param>
    /// <param name="Screenshot">The screenshot, without members that depend on the caller; null for other renders.</param>
    private sealed record Suspect(string Url, string? User, ScreenshotRequest? Screenshot)
    {
        public static Suspect Of(RenderOperation operation) => new(
            operation.Request.Url,
            operation.Command is null ? null : operation.Affinity,
            operation.Screenshot is { } screenshot ? screenshot with { Affinity = null, Credentials = null, DeadlineMs = null, Priority = 0, Accept = default } : null);
    }
}
