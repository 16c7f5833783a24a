using System.Net;
using System.Runtime.CompilerServices;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.Time;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Boundary 2: streams are bounded in total, per client and in time.</summary>
public sealed class StreamLimiterTests
{
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly VirtualTimeProvider _time = new();
    private readonly StreamLimiter _limiter;

    public StreamLimiterTests() => _limiter = new(_lifetime, _time);

    [Fact]
    public void TryEnter_OneClient_HoldsAtMostItsShareUntilOneIsReleased()
    {
        // None of them is ever enumerated, as when a response fails before its stream begins.
        var open = Enumerable.Range(0, StreamLimiter.MaxPerClient).Select(_ => Enter("10.0.0.1")).ToList();
        Assert.DoesNotContain(null, open);
        Assert.Null(_limiter.TryEnter(IPAddress.Parse("10.0.0.1"), out var isClientFull));
        Assert.True(isClientFull);
        Assert.NotNull(Enter("10.0.0.2"));

        open[0]!.Dispose();
        open[0]!.Dispose();

        Assert.NotNull(Enter("10.0.0.1"));
        Assert.Null(Enter("10.0.0.1"));
    }

    [Fact]
    public void TryEnter_AllStreamsOpen_IsNullForEveryClient()
    {
        for (var i = 0; i < StreamLimiter.MaxStreams; i++)
        {
            Assert.NotNull(Enter($"10.0.1.{i}"));
        }

        Assert.Null(_limiter.TryEnter(IPAddress.Parse("10.0.0.1"), out var isClientFull));
        Assert.False(isClientFull);
    }

    [Fact]
    public void TryEnter_AddressesOfOneNetwork_AreOneClient()
    {
        for (var i = 0; i < StreamLimiter.MaxPerClient; i++)
        {
            Assert.NotNull(Enter($"2001:db8::{i}"));
        }

        Assert.Null(Enter("2001:db8::ffff"));
        Assert.NotNull(Enter("2001:db8:1::1"));
    }

    [Fact]
    public async Task LimitAsync_Stream_EndsAtItsMaximumDuration()
    {
        await using var stream = _limiter.LimitAsync(Endless, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        var next = stream.MoveNextAsync();
        _time.Advance(StreamLimiter.MaxDuration);

        Assert.False(await next);
    }

    [Fact]
    public async Task LimitAsync_ServiceStops_EndsTheStream()
    {
        await using var stream = _limiter.LimitAsync(Endless, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        var next = stream.MoveNextAsync().AsTask();
        _lifetime.StopApplication();

        Assert.False(await next.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    private static async IAsyncEnumerable<int> Endless([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return 1;
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private IDisposable? Enter(string client) => _limiter.TryEnter(IPAddress.Parse(client), out _);
}
