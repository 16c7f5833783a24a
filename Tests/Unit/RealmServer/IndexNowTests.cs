using Fleet.RealmServer.IndexNow;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

/// <summary>When changed pages are submitted to search engines.</summary>
public sealed class IndexNowTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(200, false)]
    [InlineData(202, false)]
    [InlineData(400, false)]
    [InlineData(403, false)]
    [InlineData(422, false)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    public void IsRepeated_Status_IsThatOfABusyEndpoint(int status, bool expected) => Assert.Equal(expected, IndexNowSubmitter.IsRepeated(status));

    [Theory]
    [InlineData(0, null, 60)]
    [InlineData(0, 600, 60)]
    [InlineData(1, null, 120)]
    [InlineData(3, null, 480)]
    [InlineData(20, null, 3600)]
    [InlineData(1, 600, 600)]
    [InlineData(1, 5, 120)]
    [InlineData(1, 100_000, 3600)]
    public void PauseAfter_Failures_DoublesUpToAnHour(int failures, int? retryAfter, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected), IndexNowSubmitter.PauseAfter(failures, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, TimeSpan.FromMinutes(1)));

    [Fact]
    public void Take_ChangedPages_AreEachThereOnceWithinTheBound()
    {
        var pages = new ChangedPages(Options.Create(new IndexNowOptions()));
        pages.Add("a", "b", "a");
        Assert.Equal((1, 0), (pages.Take(1).Urls.Count, pages.Take(0).Dropped));
        Assert.Single(pages.Take(10).Urls);
        pages.Add(Enumerable.Range(0, ChangedPages.MaxWaiting + 3).Select(number => $"{number}"));
        var (urls, dropped) = pages.Take(int.MaxValue);
        Assert.Equal((ChangedPages.MaxWaiting, 3), (urls.Count, dropped));
        Assert.Equal(0, pages.Take(1).Dropped);
    }
}
