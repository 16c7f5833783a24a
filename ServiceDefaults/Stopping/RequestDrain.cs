using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>Counts requests in flight and rejects new ones while the service drains: until an operator resumes it, or permanently once it stops.</summary>
public sealed class RequestDrain
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _inFlight;
    private bool _isPaused;
    private bool _isStopping;

    /// <summary>Requests in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether new requests are rejected.</summary>
    public bool IsDraining
    {
        get { lock (_gate) { return _isPaused || _isStopping; } }
    }

    /// <summary>Pulses when draining begins or ends.</summary>
    public AsyncPulse Changed { get; } = new();

    /// <summary>Completes when the service is stopping and no request is in flight.</summary>
    public Task Idle => _idle.Task;

    /// <summary>Admits a request; dispose the ticket when it ends. Null while the service drains.</summary>
    public Ticket? TryEnter()
    {
        lock (_gate)
        {
            return _isPaused || _isStopping ? null : new Ticket(this, ++_inFlight);
        }
    }

    /// <summary>Rejects new requests until <see cref="TryResume"/>.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _isPaused = true;
        }

        Changed.PulseAll();
    }

    /// <summary>Admits requests again. False when the service is stopping.</summary>
    public bool TryResume()
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return false;
            }

            _isPaused = false;
        }

        Changed.PulseAll();
        return true;
    }

    /// <summary>Permanently rejects new requests; <see cref="Idle"/> completes when those in flight have ended.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            CompleteIfIdle();
        }

        Changed.PulseAll();
    }

    private void Leave()
    {
        lock (_gate)
        {
            _inFlight--;
            CompleteIfIdle();
        }
    }

    private void CompleteIfIdle()
    {
        if (_isStopping && _inFlight == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>One request in flight.</summary>
    public sealed class Ticket : IDisposable
    {
        private RequestDrain? _drain;

        internal Ticket(RequestDrain drain, int number) => (_drain, Number) = (drain, number);

        /// <summary>Requests in flight when it was admitted, itself included.</summary>
        public int Number { get; }

        /// <summary>Ends the request.</summary>
        public void Dispose() => Interlocked.Exchange(ref _drain, null)?.Leave();
    }
}

/// <summary>Registers the drain of a service before it stops.</summary>
public static class RequestDrainExtensions
{
    private static readonly TimeSpan s_cleanupTime = TimeSpan.FromSeconds(5);

    /// <summary>Adds a <see cref="RequestDrain"/> and sets the host's shutdown timeout to the drain timeout plus 5 s for cleanup. Stopping
    /// callbacks run in reverse order of registration: those of services added later run before the drain.</summary>
    public static IHostApplicationBuilder AddRequestDrain<TOptions>(this IHostApplicationBuilder builder, Func<TOptions, TimeSpan> timeout)
        where TOptions : class
    {
        builder.Services.AddSingleton<RequestDrain>();
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<DrainOnStop>(services, timeout(services.GetRequiredService<IOptions<TOptions>>().Value)));
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<TOptions>>((host, options) => host.ShutdownTimeout = timeout(options.Value) + s_cleanupTime);
        return builder;
    }
}
