using System.Diagnostics;
using Fleet.PrerenderServer.Browser;

namespace Fleet.Tests.Browser;

/// <summary>Bounded polling: what is expected comes true within the deadline, or the failure says what was expected.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    public static async Task Async(Func<bool> condition, string expected, Func<string>? seen = null, TimeSpan? deadline = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            var waited = Stopwatch.GetElapsedTime(start);
            Assert.True(waited < (deadline ?? s_deadline), $"Expected that {expected}, within {deadline ?? s_deadline}. Seen: {seen?.Invoke() ?? "it is not so"}.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The page's thread is busy: a trivial question is not answered in a while.</summary>
    public static async Task NotAnswering(IRenderPage page, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await page.EvaluateAsync("1", TimeSpan.FromMilliseconds(300), cancellationToken);
            }
            catch (BrowserTimeoutException)
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < s_deadline, "Expected that the page is busy for ever; it keeps answering.");
        }
    }
}
