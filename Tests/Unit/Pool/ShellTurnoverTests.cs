using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Tests.Telemetry;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Pool;

/// <summary>How long this server took to get every page onto a new shell: <c>fleet.shell.time_to_fresh</c>.</summary>
public sealed class ShellTurnoverTests : IDisposable
{
    private static readonly PoolTotals s_s_old = new() { ShellToken = "old" };

    private readonly VirtualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PoolMetrics _metrics;
    private readonly Measurements _measured;
    private readonly ShellTurnover _turnover;

    public ShellTurnoverTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _measured = new(meters);
        _metrics = new(meters);
        _turnover = new(_metrics, _time, NullLogger<ShellTurnover>.Instance);
    }

    private IEnumerable<double> Fresh => _measured.Of("fleet.shell.time_to_fresh");

    public void Dispose()
    {
        _measured.Dispose();
        _metrics.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Observe_LastPageArrives_MeasuresOnceFromTheClaim()
    {
        var behind = Learn(s_s_old, "new", claimedBefore: TimeSpan.FromSeconds(2), behind: 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        _turnover.Observe(behind, behind with { Behind = 1 }, null);
        Assert.Empty(Fresh);

        _turnover.Observe(behind with { Behind = 1 }, behind with { Behind = 0 }, null);
        _turnover.Observe(behind with { Behind = 0 }, behind with { Behind = 0 }, null);

        Assert.Equal([3], Fresh);
    }

    [Fact]
    public void Observe_RegistrysClockIsAhead_MeasuresByTheServersClock()
    {
        var behind = Learn(s_s_old, "new", claimedBefore: TimeSpan.FromSeconds(-30), behind: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        _turnover.Observe(behind, behind with { Behind = 0 }, null);
        Assert.Equal([1], Fresh);
    }

    [Fact]
    public void Observe_OvertakenByTheNextShell_MeasuresOnlyThatOne()
    {
        var first = Learn(s_s_old, "new", claimedBefore: TimeSpan.FromSeconds(60), behind: 2);
        var second = Learn(first, "newer", claimedBefore: TimeSpan.Zero, behind: 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        _turnover.Observe(second, second with { Behind = 0 }, null);
        Assert.Equal([1], Fresh);
    }

    [Fact]
    public void Observe_ShellLearnedAtTheStart_IsNoDeploy()
    {
        Learn(new PoolTotals(), "first", claimedBefore: TimeSpan.FromDays(1), behind: 0);
        Assert.Empty(Fresh);
    }

    private PoolTotals Learn(PoolTotals before, string token, TimeSpan claimedBefore, int behind)
    {
        var after = before with { ShellToken = token, Behind = behind };
        _turnover.Observe(before, after, new HostShell(token, 1, _time.GetUtcNow() - claimedBefore, "realm"));
        return after;
    }
}
