using Fleet.ServiceDefaults;
using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.Registry.Watching;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

/// <summary>One permit, and a clock that does not move by itself.</summary>
public sealed class ConcurrencyGateTests : IDisposable
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RegistryWatcher<FleetView> _watcher;
    private readonly ConcurrencyGate _gate;

    public ConcurrencyGateTests()
    {
        _watcher = new("fleet", [], (_, _) => Task.FromResult(FleetView.Empty), new InMemoryRegistry(_clock, NullLoggerFactory.Instance).Backplane, _clock,
            NullLogger<RegistryWatcher<FleetView>>.Instance);
        _gate = new(new FleetViews(_watcher, new UnhealthyServers(), _clock), Options.Create(new ManagerOptions { MaxInFlight = 1 }),
            new ManagerMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), new RenderHistory(_clock)), _clock);
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Run_AfterASlowPeriod_TheFirstWaiterWaitsAndOthersAreRefused()
    {
        // Ten renders leave a minute apart, each while the next one waits.
        var running = Start(TimeSpan.FromHours(1));
        for (var i = 0; i < 10; i++)
        {
            var next = Start(TimeSpan.FromHours(1));
            _clock.Advance(TimeSpan.FromMinutes(1));
            await EndAsync(running);
            running = next;
        }

        var first = Start(TimeSpan.FromSeconds(30));
        Assert.False(first.Answer.IsCompleted);
        Assert.Equal("deadline-unmeetable", (await Start(TimeSpan.FromSeconds(30)).Answer).RenderError?.Reason);

        await EndAsync(running);
        await EndAsync(first);
    }

    private (Task<RenderAnswer> Answer, TaskCompletionSource<RenderAnswer> Render) Start(TimeSpan timeout)
    {
        var render = new TaskCompletionSource<RenderAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var operation = new RenderOperation(new() { Url = ManagerUnderTest.Card }, "realm", "id", new Deadline(timeout, _clock));
        return (RunAsync(), render);

        async Task<RenderAnswer> RunAsync()
        {
            using var permit = await _gate.EnterAsync(operation, TestContext.Current.CancellationToken);
            return permit.Error is { } error ? error : await render.Task;
        }
    }

    private static async Task EndAsync((Task<RenderAnswer> Answer, TaskCompletionSource<RenderAnswer> Render) run)
    {
        run.Render.SetResult(new RenderResult { Outcome = RenderOutcome.Rendered, Url = ManagerUnderTest.Card });
        Assert.Equal(RenderOutcome.Rendered, (await run.Answer).Content?.Summary.Outcome);
    }
}
