using Fleet.ServiceDefaults;

namespace Fleet.Tests.ServiceDefaults;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("http://h/a", "http://h/a", true)]
    [InlineData("http://h/a", "http://h/", false)]
    [InlineData("http://h/a/b?c=1", "http://h/*", true)]
    [InlineData("http://h/a/b?c=1", "*?c=*", true)]
    [InlineData("http://h/a/b?c=1", "http://h/*/c*", false)]
    [InlineData("http://h/aab", "http://h/*ab", true)]
    [InlineData("http://h/abc", "http://h/*ab", false)]
    [InlineData("http://h/a.b", "http://h/a?b", false)]
    [InlineData("", "***", true)]
    [InlineData("http://h/ab", "http://h/a", false)]
    [InlineData("http://h/a", "http://h/A", false)]
    [InlineData("http://h/a.png", "*.png", true)]
    [InlineData("http://h/a.png?x", "*.png", false)]
    [InlineData("http://h/ads/a.js", "*/ads/*", true)]
    [InlineData("http://h/heads/a.js", "*/ads/*", false)]
    [InlineData("xaxbxaxba", "*a*b*a", true)]
    [InlineData("http://h/?x=1", "*?x=1", true)]
    [InlineData("http://h/-x=1", "*?x=1", false)]
    public void Matches_Pattern_TakesTheStarForAnyCharacters(string text, string pattern, bool expected) => Assert.Equal(expected, Wildcard.Matches(text, pattern));

    [Fact]
    public void Matches_HostilePattern_EndsAtOnce()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 1_000)) + "b";

        Assert.False(Wildcard.Matches(new string('a', 2_000), pattern));
    }
}
