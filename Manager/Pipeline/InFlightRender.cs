using Fleet.Manager.Rendering;

namespace Fleet.Manager.Pipeline;

/// <summary>One render that several callers wait for. It goes on while at least one of them does.</summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and the last caller may leave later than the render ends.
internal sealed class InFlightRender(RenderOperation operation)
#pragma warning restore CA1001
{
    private readonly TaskCompletionSource<RenderAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _nobodyWaits = new();
    private readonly Lock _gate = new();
    private int _callers = 1;

    public RenderOperation RenderOperation => operation;

    public Task<RenderAnswer> Answer => _answer.Task;

    /// <summary>Joins it. False when the last caller has left already.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            _callers += _callers > 0 ? 1 : 0;
            return _callers > 0;
        }
    }

    /// <summary>Leaves it; the last one to leave ends it.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_callers > 0)
            {
                return;
            }
        }

        _nobodyWaits.Cancel();
        Discard();
    }

    /// <summary>Runs it. What it throws, its callers get.</summary>
    public async Task RunAsync(Func<RenderOperation, CancellationToken, Task<RenderAnswer>> render)
    {
        try
        {
            _answer.TrySetResult(await render(operation, _nobodyWaits.Token));
            Discard();
        }
        catch (OperationCanceledException e)
        {
            _answer.TrySetCanceled(e.CancellationToken);
        }
#pragma warning disable CA1031 // It is not lost: whoever waits gets it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _answer.TrySetException(e);
        }
    }

    // An answer that nobody took would keep its connection.
    private void Discard()
    {
        lock (_gate)
        {
            if (_callers > 0 || !_answer.Task.IsCompletedSuccessfully)
            {
                return;
            }
        }

        if (_answer.Task.Result.Content is { } content && content.TryTake())
        {
            content.Dispose();
        }
    }
}
