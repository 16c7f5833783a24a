using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>The last visits of this server that did not render.</summary>
internal sealed class FailureLog(TimeProvider time)
{
    /// <summary>How many are kept.</summary>
    public const int Most = 50;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Failure> _failures = [];
    private long _last;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Failure> All
    {
        get { lock (_gate) { return [.. _failures.Values.Reverse()]; } }
    }

    /// <summary>The failure of this number; null when it is gone.</summary>
    public Failure? Find(long id)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(id);
        }
    }

    /// <summary>Keeps a failure; the oldest goes.</summary>
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

    /// <summary>Adds what the page showed, learned after the caller had its answer.</summary>
    public void Complete(long id, string? html, byte[]? screenshot) => Change(id, failure => failure with
    {
        Html = Failure.Cut(html, Failure.MaxHtml),
        Screenshot = screenshot,
    });

    /// <summary>Adds the stack of a page that computed, when it could be had only after the caller had its answer.</summary>
    public void AddStack(long id, string? stack) =>
        Change(id, failure => failure with { Diagnostics = (failure.Diagnostics ?? new()) with { Stack = Failure.Cut(stack, Failure.MaxStack) } });

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
