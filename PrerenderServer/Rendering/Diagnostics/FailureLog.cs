using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>The most recent failed renders of this server.</summary>
internal sealed class FailureLog(TimeProvider time)
{
    /// <summary>Maximum number of failures.</summary>
    public const int Most = 50;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Failure> _failures = [];
    private long _last;

    /// <summary>All failures, newest first.</summary>
    public IReadOnlyList<Failure> All
    {
        get { lock (_gate) { return [.. _failures.Values.Reverse()]; } }
    }

    /// <summary>The failure with this number; null if it is unknown or was removed.</summary>
    public Failure? Find(long id)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(id);
        }
    }

    /// <summary>Adds a failure and removes the oldest above <see cref="Most"/>.</summary>
    public Failure Add(RenderOperation operation, RenderResult result)
    {
        lock (_gate)
        {
            var failure = new Failure
            {
                Id = ++_last,
                At = time.GetUtcNow(),
                RequestId = operation.RequestId,
                Url = operation.IsPrivate ? DiagnosticsRedactor.WithoutQueries(result.Url) : result.Url,
                Outcome = result.Outcome,
                Status = result.Status,
                Timings = result.Timings,
                Diagnostics = operation.IsPrivate ? DiagnosticsRedactor.Of(result.Diagnostics) : result.Diagnostics,
            };
            _failures[failure.Id] = failure;
            if (_failures.Count > Most)
            {
                _failures.Remove(_failures.Keys.First());
            }

            return failure;
        }
    }

    /// <summary>Adds the page's markup and screenshot, which are captured after the caller got its answer.</summary>
    public void Complete(long id, string? html, byte[]? screenshot) => Change(id, failure => failure with
    {
        Html = html?.Truncate(Failure.MaxHtml),
        Screenshot = screenshot,
    });

    /// <summary>Adds the JavaScript stack of a busy page, when it arrived only after the caller got its answer.</summary>
    public void AddStack(long id, string? stack) =>
        Change(id, failure => failure with { Diagnostics = (failure.Diagnostics ?? new()) with { Stack = stack?.Truncate(Failure.MaxStack) } });

    private void Change(long id, Func<Failure, Failure> change)
    {
        lock (_gate)
        {
            if (_failures.TryGetValue(id, out var failure))
            {
                _failures[id] = change(failure);
            }
        }
    }
}
