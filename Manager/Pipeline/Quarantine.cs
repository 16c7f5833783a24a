using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Visits that took two browsers down with them. Another try would take a third, and all that renders in it. One that rendered since
/// is acquitted, a new host shell acquits all, and so does time: a page that stood beside the culprit both times looks just like it. A URL is known
/// by itself; a screenshot of it, and a command with a user's input, may be too much for a browser that renders the page well.</summary>
internal sealed class Quarantine(Func<string?> currentShell, IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    private const int Strikes = 2;
    private const int MaxSuspects = 10_000;

    private readonly Dictionary<Suspect, Record> _suspects = [];
    private readonly Lock _gate = new();
    private string? _shell;

    /// <summary>Why the render is not made; null when it may be.</summary>
    public RenderError? Check(RenderOperation operation)
    {
        lock (_gate)
        {
            Renew();
            return _suspects.TryGetValue(Suspect.Of(operation), out var record) && record.Strikes >= Strikes && Left(record) is { Ticks: > 0 } left
                ? new RenderError(503, "quarantined",
                    $"This was being rendered when {record.Strikes} browsers crashed, and is not tried again for {left.TotalSeconds:F0} s (Manager:QuarantineTime) unless the host shell changes.")
                { RetryAfter = left }
                : null;
        }
    }

    /// <summary>A browser crashed under the render.</summary>
    public void Strike(RenderOperation operation)
    {
        lock (_gate)
        {
            Renew();
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

    /// <summary>The render was made, well or badly, and the browser lived.</summary>
    public void Acquit(RenderOperation operation)
    {
        lock (_gate)
        {
            _suspects.Remove(Suspect.Of(operation));
        }
    }

    private void Renew()
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

    /// <param name="Url">The page; a command's name is in it.</param>
    /// <param name="User">Whose command it is; null for a render.</param>
    /// <param name="Screenshot">Of what and how large, whoever wants it; null for texts.</param>
    private sealed record Suspect(string Url, string? User, ScreenshotRequest? Screenshot)
    {
        public static Suspect Of(RenderOperation operation) => new(
            operation.Request.Url,
            operation.Command is null ? null : operation.Affinity,
            operation.Screenshot is { } screenshot ? screenshot with { Affinity = null, Credentials = null, DeadlineMs = null, Priority = 0, Accept = default } : null);
    }
}
