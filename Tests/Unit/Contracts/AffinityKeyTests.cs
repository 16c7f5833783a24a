using Fleet.Contracts;

namespace Fleet.Tests.Contracts;

public sealed class AffinityKeyTests
{
    [Theory]
    [InlineData("realm:http://a.example/r", "realm:http://a.example/r/")]
    [InlineData("realm:http://a.example/r/#alice", "realm:http://a.example/r/#alice")]
    [InlineData("user:42", "user:42")]
    [InlineData("user:42#admin", "user:42#admin")]
    [InlineData("user:42#admin#", "user:42#admin#")]
    [InlineData("realm:http://a.example/r/#a#b", "realm:http://a.example/r/#a#b")]
    public void TryParse_Valid_NormalisesAndRoundTrips(string text, string expected)
    {
        Assert.True(AffinityKey.TryParse(text, out var key));
        Assert.Equal(expected, key.ToString());
        Assert.True(AffinityKey.TryParse(key.ToString(), out var again));
        Assert.Equal(key, again);
    }

    [Theory]
    [InlineData("user:42#admin#", "admin#")]
    [InlineData("user:42##", "#")]
    [InlineData("user:42", "")]
    public void TryParse_AnythingBehindAHash_IsScope(string text, string scope)
    {
        Assert.True(AffinityKey.TryParse(text, out var key));
        Assert.Equal(("42", scope), (key.Value, key.Scope));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("realm")]
    [InlineData("realm:")]
    [InlineData("user:")]
    [InlineData("user:#scope")]
    [InlineData("realm:elements")]
    [InlineData("realm:file:///etc/")]
    [InlineData("tenant:42")]
    [InlineData("user:4\n2")]
    public void TryParse_Invalid_IsRefused(string? text) => Assert.False(AffinityKey.TryParse(text, out _));

    [Fact]
    public void TryParse_TooLong_IsRefused() =>
        Assert.False(AffinityKey.TryParse("user:" + new string('x', RenderLimits.MaxAffinityLength), out _));

    [Fact]
    public void Equals_SameRealmOtherPrincipal_AreTwoAffinities() =>
        Assert.NotEqual(AffinityKey.Realm("http://a.example/"), AffinityKey.Realm("http://a.example/") with { Scope = "alice" });
}
