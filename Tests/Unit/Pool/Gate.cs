namespace Fleet.Tests.Pool;

/// <summary>A gate in one primitive of the fake browser. While it is open, calls pass; while it is shut, they wait and a test can count them.</summary>
internal sealed class Gate(string name)
{
    private readonly Lock _sync = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private bool _shut;
    private Exception? _failure;

    /// <summary>Number of calls since the start.</summary>
    public int Calls { get; private set; }

    /// <summary>Whether waiting calls ignore their cancellation token, as calls to a browser that hangs do.</summary>
    public bool IgnoresCancellation { get; set; }

    public int Waiting
    {
        get
        {
            lock (_sync)
            {
                return _waiting.Count;
            }
        }
    }

    public void Shut() => Set(true, null);

    /// <summary>Makes every later call throw.</summary>
    public void Break(Exception error) => Set(false, error);

    /// <summary>Lets waiting and later calls pass.</summary>
    public void Open()
    {
        TaskCompletionSource[] free;
        lock (_sync)
        {
            (_shut, _failure) = (false, null);
            free = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var call in free)
        {
            call.TrySetResult();
        }
    }

    /// <summary>Lets one waiting call pass, by default the first.</summary>
    public void LetOne(int index = 0)
    {
        TaskCompletionSource call;
        lock (_sync)
        {
            call = _waiting[index];
            _waiting.RemoveAt(index);
        }

        call.TrySetResult();
    }

    /// <summary>Completes once this many calls were made in total.</summary>
    public async Task ReachedAsync(int calls)
    {
        TaskCompletionSource reached;
        lock (_sync)
        {
            if (Calls >= calls)
            {
                return;
            }

            _watchers.Add((calls, reached = new(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Expected {calls} calls of {name} within 20 s, saw {Calls}.");
        }
    }

    /// <summary>Counts the call, and waits while the gate is shut.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? call = null;
        lock (_sync)
        {
            Calls++;
            foreach (var (_, reached) in _watchers.Where(w => w.Count <= Calls))
            {
                reached.TrySetResult();
            }

            _watchers.RemoveAll(w => w.Count <= Calls);
            if (_failure is not null)
            {
                throw _failure;
            }

            if (_shut)
            {
                _waiting.Add(call = new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        if (call is null)
        {
            return;
        }

        try
        {
            await (IgnoresCancellation ? call.Task : call.Task.WaitAsync(cancellationToken));
        }
        finally
        {
            lock (_sync)
            {
                _waiting.Remove(call);
            }
        }
    }

    private void Set(bool shut, Exception? failure)
    {
        lock (_sync)
        {
            (_shut, _failure) = (shut, failure);
        }
    }
}
