using System.Diagnostics;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Browser;

/// <summary>A page whose thread computes.</summary>
internal static class BusyPage
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    /// <summary>Waits until the page no longer answers a trivial expression in time.</summary>
    public static async Task NotAnsweringAsync(IRenderPage page, CancellationToken cancellationToken)
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

            Assert.True(Stopwatch.GetElapsedTime(start) < s_limit, "Expected that the page is busy for ever; it keeps answering.");
        }
    }
}
