using Fleet.Manager.Rendering;

namespace Fleet.Manager.Pipeline;

/// <summary>One render that several callers share. It is cancelled when the last caller leaves.</summary>
#pragma warning disable CA1001 // A source without a timer owns no resources, and the last caller may leave after the render has ended.
internal sealed class InFlightRender(RenderOperation operation)
#pragma warning restore CA1001
{
    private readonly TaskCompletionSource<RenderAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _gate = new();
    private int _callers = 1;

    public RenderOperation RenderOperation => operation;

    public Task<RenderAnswer> Answer => _answer.Task;

    /// <summary>Adds a caller. False when the last caller has already left.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            _callers += _callers > 0 ? 1 : 0;
            return _callers > 0;
        }
    }

    /// <summary>Removes a caller. The last one cancels the render.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_callers > 0)
            {
                return;
            }
        }

        _abandoned.Cancel();
        Discard();
    }

    /// <summary>Runs the render and completes <see cref="Answer"/> with its result or exception.</summary>
    public async Task RunAsync(Func<RenderOperation, CancellationToken, Task<RenderAnswer>> render)
    {
        try
        {
            _answer.TrySetResult(await render(operation, _abandoned.Token));
            Discard();
        }
        catch (OperationCanceledException e)
        {
            _answer.TrySetCanceled(e.CancellationToken);
        }
#pragma warning disable CA1031 // The exception is passed to the callers.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _answer.TrySetException(e);
        }
    }

    // An answer that no caller took would keep its connection open.
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
