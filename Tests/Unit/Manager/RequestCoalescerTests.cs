using Fleet.ServiceDefaults;
using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.Manager.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.Manager;

public sealed class RequestCoalescerTests
{
    private const int Callers = 4;
    private const int Rounds = 300;

    [Fact]
    public async Task Run_ConcurrentCallers_RenderOnce()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var coalescer = new RequestCoalescer(new ManagerMetrics(services.GetRequiredService<IMeterFactory>(), new RenderHistory(TimeProvider.System)), TimeProvider.System);
        var release = Enumerable.Range(0, Rounds).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var renders = new int[Rounds];
        using var start = new Barrier(Callers);

        var callers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var answers = new List<Task>();
                for (var round = 0; round < Rounds; round++)
                {
                    var mine = round;
                    Assert.True(start.SignalAndWait(TimeSpan.FromSeconds(30)), "The callers did not start together.");
                    answers.Add(coalescer.RunAsync(
                        new RenderOperation(new RenderRequest { Url = $"{ManagerUnderTest.Realm}{mine}" }, "realm:a", "id", new Deadline(TimeSpan.FromSeconds(60), TimeProvider.System)),
                        async (operation, _) =>
                        {
                            Interlocked.Increment(ref renders[mine]);
                            await release[mine].Task;
                            return new RenderError(503, "over", "The test is over.");
                        },
                        CancellationToken.None));
                }

                return Task.WhenAll(answers);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.All(renders, count => Assert.Equal(1, count));
        Array.ForEach(release, source => source.SetResult());
        await Task.WhenAll(callers);
    }
}
