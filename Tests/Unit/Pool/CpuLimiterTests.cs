using Fleet.PrerenderServer.Pool;

namespace Fleet.Tests.Pool;

public sealed class CpuLimiterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_WhenFull_WaitsForAPermit_InTheOrderOfAsking()
    {
        using var gate = new CpuLimiter(1);
        var first = await gate.EnterAsync(Token);
        var second = gate.EnterAsync(Token).AsTask();
        var third = gate.EnterAsync(Token).AsTask();
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second.WaitAsync(TimeSpan.FromSeconds(20), Token)).Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(20), Token)).Dispose();
        Assert.Equal(1, gate.Free);
    }

    [Fact]
    public async Task Dispose_Twice_ReturnsThePermitOnce()
    {
        using var gate = new CpuLimiter(2);
        var permit = await gate.EnterAsync(Token);
        permit.Dispose();
        permit.Dispose();
        Assert.Equal((2, 2), (gate.Free, gate.Width));
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesThePermitToOthers()
    {
        using var gate = new CpuLimiter(1);
        var held = await gate.EnterAsync(Token);
        using var cancel = new CancellationTokenSource();
        var wait = gate.EnterAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        held.Dispose();
        Assert.Equal(1, gate.Free);
    }
}
