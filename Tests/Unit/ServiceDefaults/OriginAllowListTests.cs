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
