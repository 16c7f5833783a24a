using System.Diagnostics;

namespace Fleet.Tests;

/// <summary>Polls, with a limit, a condition that another process or thread fulfils. The failure states what was expected.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> expected)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                Assert.Fail($"Not seen within {limit.TotalSeconds} s: {expected()}");
            }

            await Task.Delay(s_interval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan limit, Func<string> expected) =>
        TrueAsync(() => Task.FromResult(condition()), limit, expected);

    public static Task TrueAsync(Func<Task<bool>> condition, Func<string> expected) => TrueAsync(condition, s_defaultLimit, expected);

    public static Task TrueAsync(Func<bool> condition, Func<string> expected) => TrueAsync(condition, s_defaultLimit, expected);

    public static Task Async(Func<bool> condition, string expected, Func<string>? seen = null, TimeSpan? deadline = null) =>
        TrueAsync(condition, deadline ?? s_defaultLimit, () => $"{expected}. Seen: {seen?.Invoke() ?? "it is not so"}.");
}
