using System.Diagnostics;

namespace Fleet.Tests.Registry;

/// <summary>Bounded polling, for what another process or thread does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<bool> condition, Func<string> expected) => TrueAsync(() => Task.FromResult(condition()), expected);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> expected)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Limit)
            {
                Assert.Fail($"Not seen within {Limit.TotalSeconds} s: {expected()}.");
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
