using Fleet.ServiceDefaults;

namespace Fleet.Tests.ServiceDefaults;

public sealed class OriginAllowListTests
{
    private static readonly OriginAllowList s_list = new(["http://127.0.0.1:5100/", "https://App.Example.com/elements/", "http://M\u00fcnchen.example/", "not a url", "file:///etc"]);

    [Theory]
    [InlineData("http://127.0.0.1:5100/elements/hydrogen", true)]
    [InlineData("https://app.example.com/x?y#z", true)]
    [InlineData("https://APP.EXAMPLE.COM/", true)]
    [InlineData("https://app.example.com:443/", true)]
    [InlineData("http://m\u00fcnchen.example/x", true)]
    [InlineData("http://xn--mnchen-3ya.example/x", true)]
    [InlineData("http://app.example.com/", false)]
    [InlineData("https://app.example.com:8443/", false)]
    [InlineData("https://app.example.com.evil.test/", false)]
    [InlineData("http://127.0.0.1:5101/", false)]
    [InlineData("http://127.0.0.1:5100@evil.test/", false)]
    [InlineData("http://user:secret@127.0.0.1:5100/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("data:text/html,hello", false)]
    [InlineData("javascript:alert(1)", false)]
    public void Allows_Url_OnlyListedOrigins(string url, bool allowed) =>
        Assert.Equal(allowed, s_list.Allows(new Uri(url)));

    [Theory]
    [InlineData("http://localhost:5100/a", "http://127.0.0.1:5100/a")]
    [InlineData("http://[::1]:5100/a", "http://127.0.0.1:5100/a")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:5100/a", "http://127.0.0.1:5100/a")]
    [InlineData("HTTP://LocalHost:5100", "http://127.0.0.1:5100")]
    [InlineData("http://localhost:5100?x=//y", "http://127.0.0.1:5100?x=//y")]
    [InlineData("http://localhost:5100/package/lodash.debounce/a%2Fb/%252F/a+b/%C3%BC/ü?q=a%20b+c&x=%26#top", "http://127.0.0.1:5100/package/lodash.debounce/a%2Fb/%252F/a+b/%C3%BC/ü?q=a%20b+c&x=%26#top")]
    [InlineData("http://127.0.0.1:5100/A/%7e", "http://127.0.0.1:5100/A/%7e")]
    [InlineData("http://localhost:5101/", "http://localhost:5101/")]
    [InlineData("https://localhost:5100/", "https://localhost:5100/")]
    [InlineData("http://user@localhost:5100/", "http://user@localhost:5100/")]
    [InlineData("http://localhost.evil.test:5100/", "http://localhost.evil.test:5100/")]
    [InlineData("http://127.0.0.2:5100/", "http://127.0.0.2:5100/")]
    [InlineData("http://0.0.0.0:5100/", "http://0.0.0.0:5100/")]
    [InlineData("https://app.example.com:443/x", "https://app.example.com:443/x")]
    [InlineData("localhost:5100", "localhost:5100")]
    public void Normalize_Url_OnlyALoopbackHostChanges(string url, string known) => Assert.Equal(known, s_list.Normalize(url));

    [Fact]
    public void Normalize_BothSpellingsAreListed_KeepsTheGivenOne() =>
        Assert.Equal("http://localhost:5100/", new OriginAllowList(["http://127.0.0.1:5100", "http://localhost:5100"]).Normalize("http://localhost:5100/"));

    [Fact]
    public void Origins_Mixed_KeepsHttpOnesInOneSpelling() =>
        Assert.Equal(["http://127.0.0.1:5100", "http://xn--mnchen-3ya.example", "https://app.example.com"], s_list.Origins);

    [Theory]
    [InlineData("https://a.example", "https://a.example")]
    [InlineData("https://a.example/", "https://a.example")]
    [InlineData("https://a.example/path", null)]
    [InlineData("https://a.example?q", null)]
    [InlineData("https://u@a.example", null)]
    [InlineData("ftp://a.example", null)]
    [InlineData("a.example", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void TryNormalize_Text_BareOriginsOnly(string? text, string? expected)
    {
        Assert.Equal(expected is not null, OriginAllowList.TryNormalize(text, out var origin));
        Assert.Equal(expected, origin);
    }
}
