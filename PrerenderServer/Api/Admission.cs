using Fleet.PrerenderServer.Rendering;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Api;

/// <summary>Lets visits in while there is room and this server does not drain, and knows when the last one has gone.</summary>
internal sealed class Admission(IOptions<RenderingOptions> options)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _inFlight;

    /// <summary>Visits under way, those that wait for a page included.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether this server takes nothing new.</summary>
    public bool IsDraining
    {
        get { lock (_gate) { return _empty is not null; } }
    }

    /// <summary>Lets a visit in; dispose what it returns when the visit ends. Throws a 503 with its reason otherwise.</summary>
    public IDisposable Enter()
    {
        lock (_gate)
        {
            if (_empty is not null)
            {
                throw new RequestException(StatusCodes.Status503ServiceUnavailable, "draining", "This server is stopping. Ask another.", TimeSpan.FromSeconds(1));
            }

            if (_inFlight >= options.Value.MaxVisits)
            {
                throw new RequestException(StatusCodes.Status503ServiceUnavailable, "queue-full",
                    $"{_inFlight} visits are under way or wait, the bound of Rendering:MaxVisits.", TimeSpan.FromSeconds(1));
            }

            _inFlight++;
            return new Ticket(this);
        }
    }

    /// <summary>Lets nobody in from now on; ends when the last visit has.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inFlight == 0)
            {
                _empty.TrySetResult();
            }

            return _empty.Task;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_inFlight == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    private sealed class Ticket(Admission admission) : IDisposable
    {
        private Admission? _admission = admission;

        public void Dispose() => Interlocked.Exchange(ref _admission, null)?.Leave();
    }
}
