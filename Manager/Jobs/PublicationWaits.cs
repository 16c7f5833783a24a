using Fleet.Contracts;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Jobs;

/// <summary>Requests that wait for the end of a publication. They are bounded like streams of events.</summary>
internal sealed class PublicationWaits(IJobStore store, StreamLimiter limiter, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>Cancelled when the manager stops: requests that wait are answered then.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Reserves a wait for the client of a request. Null if it may begin, otherwise the error.</summary>
    public IResult? Enter(HttpContext http) => limiter.Enter(http, "GET /publications/{id} without 'wait'");

    /// <summary>The publication as soon as it has ended, or at the deadline; null if there is none.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<Publication?> ForEndAsync(string id, Deadline deadline, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Stopping);
        while (await store.GetAsync(id, cancellationToken) is { Definition.Publication: not null } job)
        {
            if (job.HasEnded || deadline.Left <= TimeSpan.Zero || Stopping.IsCancellationRequested)
            {
                return await Publications.OfAsync(job, store, cancellationToken);
            }

            await Task.Delay(deadline.Step(s_look), timeProvider, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
