using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Boundary 2: requests that a page of another site causes a browser to send.</summary>
public sealed class CallerRulesTests
{
    private static readonly HostAllowList s_hosts = new(["render.example.com", "*.apps.example"]);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("192.168.1.7", true)]
    [InlineData("localhost", true)]
    [InlineData("manager", true)]
    [InlineData("fleet.localhost", true)]
    [InlineData("manager.internal", true)]
    [InlineData("manager.fleet.svc.cluster.local", true)]
    [InlineData("render.example.com", true)]
    [InlineData("RENDER.example.com", true)]
    [InlineData("a.apps.example", true)]
    [InlineData("apps.example", false)]
    [InlineData("evil-apps.example", false)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("render.example.com.evil.example", false)]
    [InlineData("", false)]
    public void Allows_Host_IsAnAddressAPrivateNameOrListed(string host, bool expected) => Assert.Equal(expected, s_hosts.Allows(host));

    [Fact]
    public void Allows_Star_IsEveryHost() => Assert.True(new HostAllowList(["*"]).Allows("evil.example"));

    [Theory]
    [InlineData("GET", "127.0.0.1:5200", "", "", "", false, null)]
    [InlineData("GET", "127.0.0.1:5200", "", "none", "navigate", false, null)]
    [InlineData("GET", "127.0.0.1:5200", "", "same-origin", "cors", false, null)]
    [InlineData("POST", "127.0.0.1:5200", "http://127.0.0.1:5200", "same-origin", "cors", false, null)]
    [InlineData("POST", "manager", "https://manager", "same-origin", "cors", false, null)]
    [InlineData("POST", "internal:80", "https://render.example.com", "same-origin", "cors", false, null)]
    [InlineData("GET", "evil.example:5200", "", "same-origin", "cors", false, "host-not-allowed")]
    [InlineData("GET", "evil.example:5200", "", "", "", true, "host-not-allowed")]
    [InlineData("GET", "127.0.0.1:5200", "", "cross-site", "no-cors", false, "cross-site")]
    [InlineData("GET", "127.0.0.1:5200", "", "cross-site", "no-cors", true, "cross-site")]
    [InlineData("GET", "127.0.0.1:5200", "", "cross-site", "navigate", true, null)]
    [InlineData("GET", "127.0.0.1:5200", "", "cross-site", "navigate", false, "cross-site")]
    [InlineData("POST", "127.0.0.1:5200", "", "cross-site", "navigate", true, "cross-site")]
    [InlineData("POST", "127.0.0.1:5200", "https://evil.example", "", "", false, "cross-origin")]
    [InlineData("POST", "127.0.0.1:5200", "http://127.0.0.1:3000", "same-site", "cors", false, "cross-origin")]
    [InlineData("POST", "127.0.0.1:5200", "null", "", "", false, "cross-origin")]
    [InlineData("POST", "127.0.0.1:5200", "file:///x", "", "", false, "cross-origin")]
    public void Check_Request_RefusesPagesOfOtherSites(string method, string host, string origin, string site, string mode, bool allowNavigation, string? reason) =>
        Assert.Equal(reason, CallerRules.Check(new(method, host, origin, site, mode), s_hosts, allowNavigation)?.Reason);

    [Theory]
    [InlineData(true, "render.example.com", "*.example.com", "*")]
    [InlineData(false, "https://render.example.com")]
    [InlineData(false, "render.example.com:80")]
    [InlineData(false, "*example.com")]
    [InlineData(false, "")]
    public void HostPatterns_Setting_IsChecked(bool isValid, params string[] patterns) => Assert.Equal(isValid, new HostPatternsAttribute().IsValid(patterns));
}
