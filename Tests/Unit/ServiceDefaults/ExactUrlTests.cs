using Fleet.ServiceDefaults;

namespace Fleet.Tests.ServiceDefaults;

public sealed class ExactUrlTests
{
    [Theory]
    [InlineData("http://site/caf%c3%a9?q=%e6%97%a5", "http://site/caf%c3%a9?q=%e6%97%a5")]
    [InlineData("http://site/%7Euser/a%2fb//c/%zz", "http://site/%7Euser/a%2fb//c/%zz")]
    [InlineData("HTTP://Site:80/A?x=1#%c3", "http://site/A?x=1#%c3")]
    [InlineData("http://site/.well-known/x..y/...", "http://site/.well-known/x..y/...")]
    [InlineData("http://site", "http://site/")]
    [InlineData("http://site?x", "http://site/?x")]
    [InlineData("http://site/a/../b", "http://site/b")]
    [InlineData("http://site/a/%2E%2e/b%c3%a9", "http://site/b%C3%A9")]
    [InlineData("http://site/a b", "http://site/a%20b")]
    [InlineData("http://site/é", "http://site/%C3%A9")]
    [InlineData("http://site/a\\b", "http://site/a/b")]
    public void Of_Url_IsWhatABrowserRequests(string written, string expected) => Assert.Equal(expected, ExactUrl.Of(new Uri(written)));

    [Theory]
    [InlineData("/caf%c3%a9", "http://site/caf%c3%a9")]
    [InlineData("../b%c3%a9", "http://site/b%c3%a9")]
    [InlineData("?q=%c3%a9", "http://site/a/c?q=%c3%a9")]
    [InlineData("//other/%7E", "http://other/%7E")]
    public void Of_LocationResolvedAgainstADocument_KeepsItsEscapes(string location, string expected) => Assert.Equal(expected, ExactUrl.Of(new Uri(new Uri("http://site/a/c"), location)));
}
