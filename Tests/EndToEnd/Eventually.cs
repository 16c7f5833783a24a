using System.Diagnostics;

namespace Fleet.Tests.EndToEnd;

/// <summary>Bounded polling, for what other processes do.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> expected)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > limit)
            {
                Assert.Fail($"Not seen within {limit.TotalSeconds} s: {expected()}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan limit, Func<string> expected) =>
        TrueAsync(() => Task.FromResult(condition()), limit, expected);
}
