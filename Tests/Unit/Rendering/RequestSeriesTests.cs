using Fleet.PrerenderServer.Browser.Pages;
using Fleet.Tests.Time;

namespace Fleet.Tests.Rendering;

public sealed class RequestSeriesTests
{
    private readonly VirtualTimeProvider _time = new();

    [Theory]
    // Pauses in milliseconds between an answer and the next request, and whether the last request is a poll.
    [InlineData(new[] { 200, 200, 200 }, true)]
    [InlineData(new[] { 50, 1_000, 60, 70 }, true)]
    [InlineData(new[] { 200, 200 }, false)]
    [InlineData(new[] { 0, 0, 0, 0, 0, 0 }, false)]
    [InlineData(new[] { 200, 200, 200, 49 }, false)]
    [InlineData(new[] { 200, 10, 200, 200 }, false)]
    public void Begin_RequestsOneAfterTheOther_ArePollsAfterThreePauses(int[] pauses, bool expected)
    {
        var series = new RequestSeries(_time);
        var isPoll = series.Begin();
        foreach (var pause in pauses)
        {
            _time.Advance(TimeSpan.FromMilliseconds(300));
            series.End();
            _time.Advance(TimeSpan.FromMilliseconds(pause));
            isPoll = series.Begin();
        }

        Assert.Equal(expected, isPoll);
    }

    [Fact]
    public void Begin_RequestsAtATime_AreNoPolls()
    {
        var series = new RequestSeries(_time);
        Assert.All(Enumerable.Range(0, 10), _ =>
        {
            Assert.False(series.Begin());
            Assert.False(series.Begin());
            _time.Advance(TimeSpan.FromMilliseconds(300));
            series.End();
            _time.Advance(TimeSpan.FromMilliseconds(300));
            series.End();
        });
    }

    [Theory]
    [InlineData("https://a.example/s?_=1764350000000", "https://a.example/s?_=1764350000400", "", "", true)]
    [InlineData("https://a.example/s", "https://a.example/s", """{"id":1,"at":"2026-11-28T18:00:00.123Z"}""", """{"id":12,"at":"2026-11-28T18:00:01.5Z"}""", true)]
    [InlineData("https://a.example/s?k=0b7f2c9e-5a31-4c1f-9d0e-6f1f7f1f2a3b", "https://a.example/s?k=aabbcc1e-0a31-4c1f-9d0e-6f1f7f1f2a3b", "", "", true)]
    [InlineData("https://a.example/s?q=a", "https://a.example/s?q=b", "", "", false)]
    [InlineData("https://a.example/items/1", "https://a.example/people/1", "", "", false)]
    [InlineData("https://a.example/s", "https://a.example/s", "{items}", "{people}", false)]
    public void Shape_TwoRequests_IsTheSameIfTheyDifferInNumbersOnly(string first, string second, string firstBody, string secondBody, bool expected) =>
        Assert.Equal(expected, new InFlightRequest.Content("POST", first, firstBody, "a").Shape == new InFlightRequest.Content("POST", second, secondBody, "b").Shape);
}
