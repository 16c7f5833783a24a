using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Pool;

/// <summary>The actor on a fake browser and a clock that the test moves.</summary>
internal sealed class PoolUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PoolMetrics _metrics;

    public PoolUnderTest(
        Action<PoolOptions>? configure = null, Action<FakeBrowser>? browser = null, bool start = true, Func<PoolOptions, PoolRules>? rules = null, ILoggerFactory? loggers = null)
    {
        Options = new PoolOptions { Slots = 2, HighPrioritySlots = 0, MaxDepth = 0, MinStandby = 0, RendersPerAffinity = 2, ReloadJitter = TimeSpan.Zero };
        configure?.Invoke(Options);
        browser?.Invoke(Browser);
        Meters = _services.GetRequiredService<IMeterFactory>();
        _metrics = new PoolMetrics(Meters);
        Fatal = new(Lifetime, NullLogger<FatalError>.Instance);
        Actor = new PoolActor(Browser, rules?.Invoke(Options) ?? new PoolRules(Options), _metrics, Fatal, Clock, loggers ?? NullLoggerFactory.Instance);
        if (start)
        {
            Actor.Start();
        }
    }

    public PoolOptions Options { get; }

    public FakeBrowser Browser { get; } = new();

    public VirtualTimeProvider Clock { get; } = new();

    public IMeterFactory Meters { get; }

    /// <summary>The lifetime of the service that the pool is part of.</summary>
    public ApplicationLifetime Lifetime { get; } = new(NullLogger<ApplicationLifetime>.Instance);

    /// <summary>Receives the pool's fatal error.</summary>
    public FatalError Fatal { get; }

    public PoolActor Actor { get; }

    public Task<PageLease> LeaseAsync(string affinity, int depth = 0, int priority = 0, double wait = 60, ShellAcceptance accept = ShellAcceptance.FreshOrWait) =>
        Actor.LeaseAsync(new LeaseRequest(affinity, depth, priority, TimeSpan.FromSeconds(wait), accept), TestContext.Current.CancellationToken);

    /// <summary>A lease that must be granted without waiting.</summary>
    public async Task<PageLease> GetAsync(string affinity) => await LeaseAsync(affinity).WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Waits, with a timeout, for a condition on the snapshot.</summary>
    public Task<PoolSnapshot> WaitForAsync(string what, Func<PoolSnapshot, bool> seen) => WaitForAsync(what, seen, TimeSpan.Zero);

    /// <summary>Waits for a condition while the virtual clock runs, about a hundred times faster than real time.</summary>
    public Task<PoolSnapshot> WaitForAsTimePassesAsync(string what, Func<PoolSnapshot, bool> seen) => WaitForAsync(what, seen, TimeSpan.FromMilliseconds(500));

    private async Task<PoolSnapshot> WaitForAsync(string what, Func<PoolSnapshot, bool> seen, TimeSpan step)
    {
        for (var i = 0; i < 4000; i++)
        {
            if (Actor.Snapshot is var snapshot && seen(snapshot))
            {
                return snapshot;
            }

            if (step > TimeSpan.Zero)
            {
                Clock.Advance(step);
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Expected {what} within 20 s; the pool shows {string.Join(", ", Actor.Snapshot.Slots)} and {Actor.Snapshot.Totals}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gate in (Gate[])[Browser.Launch, Browser.Create, Browser.ReplacePage, Browser.Probe, Browser.Terminate, Browser.Close, Browser.Crash, Browser.Kill])
        {
            gate.Open();
        }

        var stop = Actor.StopAsync();
        while (!stop.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(stop, Task.Delay(1, CancellationToken.None));
        }

        await stop;
        _metrics.Dispose();
        await _services.DisposeAsync();
    }
}
