using Fleet.Manager.Dialects;

namespace Fleet.Tests.Manager;

/// <summary>The URL of a page in the path of a request.</summary>
public sealed class TargetUrlTests
{
    [Theory]
    [InlineData("/https://h/a?b=1", "https://h/a?b=1")]
    [InlineData("/https://h/a%2Fb/c%252F+d/../e?q=a+b&r=%2F", "https://h/a%2Fb/c%252F+d/../e?q=a+b&r=%2F")]
    [InlineData("/https%3A%2F%2Fh%2Fa%3Fb%3D1", "https://h/a?b=1")]
    [InlineData("/https%3a%2f%2fh%2fa%252Fb", "https://h/a%2Fb")]
    [InlineData("/https%3A%2F%2Fh%2Fa?b=1", "https://h/a?b=1")]
    [InlineData("/https%3A%2F%2Fh%2Fa%3Fb%3D1?c=2", "https://h/a?b=1&c=2")]
    [InlineData("/https://h/a%3Fb=1&c=%252F", "https://h/a?b=1&c=%2F")]
    [InlineData("/https://h/a%2520b/%25C3%25A9", "https://h/a%20b/%C3%A9")]
    [InlineData("/https://h/100%25", "https://h/100%25")]
    [InlineData("/https://h/a%2520b%2F", "https://h/a%2520b%2F")]
    [InlineData("/https://h/a%3Fb?c=1", "https://h/a%3Fb?c=1")]
    [InlineData("/https:/h/a", "https://h/a")]
    [InlineData("/HTTP://h/a", "HTTP://h/a")]
    [InlineData("/https:%2F%2Fh/a", "https://h/a")]
    [InlineData("http://manager:5200/https://h/a?b=1", "https://h/a?b=1")]
    [InlineData("/ftp://h/a", "ftp://h/a")]
    [InlineData("/https:///h", "https:///h")]
    public void Read_PathOfPrerender_IsTheUrlWithItsQuery(string target, string url) => Assert.Equal(url, TargetUrl.Read(target, "/", hasQuery: true));

    [Theory]
    [InlineData("/render/https%3A%2F%2Fh%2Fa%3Fb%3D1?refreshCache=true", "https://h/a?b=1")]
    [InlineData("/render/https://h/a%2Fb?refreshCache=true", "https://h/a%2Fb")]
    [InlineData("/Render/https:/h/a", "https://h/a")]
    [InlineData("/render/", "")]
    [InlineData("/elsewhere/https://h/", "")]
    public void Read_PathOfRendertron_IsOnlyTheUrl(string target, string url) => Assert.Equal(url, TargetUrl.Read(target, "/render/", hasQuery: false));

    [Theory]
    [InlineData("https://h/a", "https://h/a")]
    [InlineData("https://h/a?_escaped_fragment_=", "https://h/a")]
    [InlineData("https://h/a?_escaped_fragment_", "https://h/a")]
    [InlineData("https://h/a?b=1&_escaped_fragment_=", "https://h/a?b=1")]
    [InlineData("https://h/a?_escaped_fragment_=&b=1", "https://h/a?b=1")]
    [InlineData("https://h/a?b=1&_escaped_fragment_=&c=2", "https://h/a?b=1&c=2")]
    [InlineData("https://h/a?_escaped_fragment_=%2Fproducts", "https://h/a#!/products")]
    [InlineData("https://h/a?not_escaped_fragment_=1", "https://h/a?not_escaped_fragment_=1")]
    public void WithoutEscapedFragment_MarkOfACrawler_IsRemoved(string url, string page) => Assert.Equal(page, TargetUrl.WithoutEscapedFragment(url));
}
