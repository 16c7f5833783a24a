using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

public sealed class RenderRulesTests
{
    private static readonly RealmRecord[] s_realms =
    [
        new("http://127.0.0.1:5100/elements/", "Elements"),
        new("http://127.0.0.1:5100/elements/noble/", "Noble gases"),
        new("https://other.example/birds/", "Birds"),
    ];

    [Theory]
    [InlineData("http://127.0.0.1:5100/elements/hydrogen", "realm:http://127.0.0.1:5100/elements/")]
    [InlineData("http://127.0.0.1:5100/elements/", "realm:http://127.0.0.1:5100/elements/")]
    [InlineData("http://127.0.0.1:5100/elements", "realm:http://127.0.0.1:5100/elements/")]
    [InlineData("http://127.0.0.1:5100/elements?q=1#top", "realm:http://127.0.0.1:5100/elements/")]
    [InlineData("http://127.0.0.1:5100/elements/noble/neon", "realm:http://127.0.0.1:5100/elements/noble/")]
    [InlineData("HTTPS://OTHER.example:443/birds/wren", "realm:https://other.example/birds/")]
    [InlineData("http://127.0.0.1:5100/elementsandmore/x", null)]
    [InlineData("http://127.0.0.1:5100/", null)]
    [InlineData("http://127.0.0.1:5100/ELEMENTS/x", null)]
    [InlineData("http://127.0.0.1:5101/elements/x", null)]
    [InlineData("http://127.0.0.1:5100/elements/../admin", null)]
    public void FindAffinity_Url_LongestRealm(string url, string? affinity) =>
        Assert.Equal(affinity, RenderRules.FindAffinity(new Uri(url), new RealmIndex(s_realms), originIsRealm: () => false));

    [Fact]
    public void FindAffinity_OriginThatOnlyTheConfigurationAllows_IsARealmOfItsOwn()
    {
        var origins = Origins("https://app.example", "http://127.0.0.1:5100");
        var configured = new Uri("https://app.example/anything?x");
        Assert.True(origins.IsOnlyConfigured(configured, s_realms));
        Assert.Equal("realm:https://app.example/", RenderRules.FindAffinity(configured, new RealmIndex(s_realms), originIsRealm: () => true));
        Assert.False(origins.IsOnlyConfigured(new Uri("http://127.0.0.1:5100/x"), s_realms));
    }

    // A page of one tenant shown in another's context could leave something behind there.
    [Theory]
    [InlineData("realm:http://h/a/", "realm:http://h/a/", true)]
    [InlineData("realm:http://h/a", "realm:http://h/a/", true)]
    [InlineData("realm:http://h/b/", "realm:http://h/a/", false)]
    [InlineData("realm:http://h/", "realm:http://h/a/", false)]
    [InlineData("realm:http://h/a/x/", "realm:http://h/a/", false)]
    [InlineData("realm:http://h/a/#ada", "realm:http://h/a/", false)]
    [InlineData("user:ada", "realm:http://h/a/", false)]
    [InlineData("user:ada#0123#", "realm:http://h/a/", false)]
    public void CanUseAffinity_WithoutTheKey_OnlyThatOfTheUrl(string affinity, string own, bool may)
    {
        Assert.True(AffinityKey.TryParse(affinity, out var named));
        Assert.Equal(may, RenderRules.CanUseAffinity(named, own));
    }

    [Fact]
    public void With_Realms_HostRealmsAndConfigured() =>
        Assert.Equal(["http://127.0.0.1:5100", "https://app.example", "https://other.example"], Origins("https://app.example").With(s_realms).Origins);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CheckAllowed_UnknownOrigin_NamesOriginAndSetting(bool isTrusted)
    {
        var refusal = RenderRules.CheckAllowed(new Uri("http://169.254.169.254/latest/meta-data"), new OriginAllowList(["https://app.example"]), isTrusted)!;
        Assert.Equal((400, "not-allowed"), (refusal.Status, refusal.Reason));
        Assert.Contains("http://169.254.169.254", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(isTrusted, refusal.Detail.Contains("https://app.example", StringComparison.Ordinal));
        Assert.Equal(isTrusted, refusal.Members!.ContainsKey("allowedOrigins"));
        Assert.Contains("Fleet:AllowedOrigins", refusal.Detail, StringComparison.Ordinal);
    }

    private static AllowedOrigins Origins(params string[] configured) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new("services:realm:http:0", "http://127.0.0.1:5100")]).Build(),
        Options.Create(new FleetOptions { AllowedOrigins = configured }));
}
