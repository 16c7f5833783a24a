namespace Fleet.Tests.Pool;

/// <summary>A door in one primitive of the fake browser. Open: calls go through. Shut: they wait, and a test sees how many do.</summary>
internal sealed class Gate(string name)
{
    private readonly Lock _sync = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private bool _shut;
    private Exception? _failure;

    /// <summary>Calls that have come to the door since the start.</summary>
    public int Calls { get; private set; }

    /// <summary>Whether calls that wait hear their token. A real browser that hangs does not.</summary>
    public bool Deaf { get; set; }

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

    /// <summary>Every call from now on throws.</summary>
    public void Break(Exception error) => Set(false, error);

    /// <summary>Lets everybody through, those who wait and those to come.</summary>
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

    /// <summary>Lets one of those who wait through, the first or another.</summary>
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

    /// <summary>Completes when so many calls have come to the door in all.</summary>
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

    /// <summary>Goes through the door.</summary>
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
            await (Deaf ? call.Task : call.Task.WaitAsync(cancellationToken));
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
