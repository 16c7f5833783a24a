using Fleet.Registry.Jobs;

namespace Fleet.Manager.Jobs;

/// <summary>A URL that this manager has in progress.</summary>
internal sealed class JobWork(string job, JobClaim claim, CancellationTokenSource cancellation) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _isDisposed;

    public string Job => job;

    public JobClaim Claim => claim;

    public CancellationToken Token { get; } = cancellation.Token;

    public Task Done { get; set; } = Task.CompletedTask;

    public void Cancel()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                cancellation.Cancel();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            cancellation.Dispose();
        }
    }
}
