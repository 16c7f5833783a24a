using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.Tests.Browser;

public sealed class CachedResponseTests
{
    [Theory]
    [InlineData("Document", "http://x/", 200, "", false)]
    [InlineData("Document", "http://x/", 200, "Cache-Control: no-cache", false)]
    [InlineData("Document", "http://x/", 200, "cache-control: no-store, max-age=60", false)]
    [InlineData("Document", "http://x/", 200, "Cache-Control: max-age=0", false)]
    [InlineData("Document", "http://x/", 200, "Cache-Control: public, max-age=60", true)]
    [InlineData("Document", "http://x/", 200, "Cache-Control: immutable, max-age=60", true)]
    [InlineData("Fetch", "http://x/api", 200, "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT", true)]
    [InlineData("XHR", "http://x/api", 200, "Expires: Thu, 01 Jan 2099 00:00:00 GMT|Date: Thu, 01 Jan 2026 00:00:00 GMT", true)]
    [InlineData("XHR", "http://x/api", 200, "Expires: Thu, 01 Jan 2015 00:00:00 GMT|Date: Thu, 01 Jan 2026 00:00:00 GMT", false)]
    [InlineData("XHR", "http://x/api", 200, "Expires: 0", false)]
    [InlineData("Document", "http://x/old", 301, "", true)]
    [InlineData("Document", "http://x/old", 302, "", false)]
    [InlineData("Image", "http://x/a.png", 200, "Cache-Control: max-age=60", false)]
    [InlineData("Script", "http://x/app.js", 200, "Cache-Control: max-age=60", true)]
    [InlineData("Script", "http://x/app.js", 200, "Cache-Control: max-age=60, immutable", false)]
    [InlineData("Script", "http://x/assets/index-DiwrgTda.js", 200, "Cache-Control: max-age=60", false)]
    [InlineData("Stylesheet", "http://x/main.8f3a2b1c.chunk.css?v=1", 200, "Cache-Control: max-age=60", false)]
    [InlineData("Script", "http://x/vendor-components.js", 200, "Cache-Control: max-age=60", true)]
    public void MayBeOutdated_Response_IsTrueIfTheCacheUsesItWithoutRevalidation(string type, string url, int status, string headers, bool expected)
    {
        var pairs = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(h => h.Split(": ", 2)).Select(h => KeyValuePair.Create(h[0], h[1]));
        Assert.Equal(expected, CachedResponse.MayBeOutdated(type, url, status, pairs));
    }
}
