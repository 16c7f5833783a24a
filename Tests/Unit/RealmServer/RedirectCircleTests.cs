using Fleet.RealmServer.Rendering;

namespace Fleet.Tests.RealmServer;

public sealed class RedirectCircleTests
{
    [Theory]
    [InlineData("a>b b>a", "a b a")]
    [InlineData("a>b b>c c>a", "a b c a")]
    [InlineData("a>b#part b>a#other", "a b a")]
    [InlineData("a>a", "a a")]
    [InlineData("a>b", null)]
    [InlineData("a>b b>c", null)]
    // The circle begins behind the page, which is not a part of it. Each page of it is told so itself.
    [InlineData("a>b b>c c>b", null)]
    [InlineData("a>1 1>2 2>3 3>4 4>5 5>6 6>7 7>8 8>9 9>a", "a 1 2 3 4 5 6 7 8 9 a")]
    [InlineData("a>0 0>1 1>2 2>3 3>4 4>5 5>6 6>7 7>8 8>9 9>a", null)]
    public async Task FindAsync_Redirects_AreACircleIfTheyLeadBack(string redirects, string? expected)
    {
        var known = redirects.Split(' ').Select(redirect => redirect.Split('>')).ToDictionary(pair => pair[0], pair => pair[1]);
        var circle = await RedirectCircle.FindAsync("a", known["a"], url => Task.FromResult(known.GetValueOrDefault(url)));
        Assert.Equal(expected, circle is null ? null : string.Join(' ', circle));
    }
}
