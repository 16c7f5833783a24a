using System.Text;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Boundary 5: a service has only the keys that it uses, and sends each other service only a token for that service.</summary>
public sealed class ServiceTokenTests
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly FleetKeys s_keys = KeysOf(AdminKey);

    [Fact]
    public void IsValid_TokenForThisReceiver_UntilItExpires()
    {
        var token = ServiceToken.Create(s_keys.Services!, ServiceToken.PrerenderServer("a"), s_now);

        Assert.True(IsValid(token, "a", s_now));
        Assert.True(IsValid(token, "a", s_now.AddMinutes(4)));
        Assert.True(IsValid(token, "a", s_now.AddMinutes(-4)));
        Assert.False(IsValid(token, "a", s_now.AddMinutes(6)));
        Assert.False(IsValid(token, "a", s_now.AddMinutes(-6)));
        Assert.False(IsValid(token, "b", s_now));
        Assert.False(ServiceToken.IsValid(token, s_keys.Services!, ServiceToken.Manager, s_now));
        Assert.False(ServiceToken.IsValid(token, KeysOf(AdminKey + "!").Services!, ServiceToken.PrerenderServer("a"), s_now));
        Assert.False(IsValid(token.Replace(".1893456300.", ".1893456301.", StringComparison.Ordinal), "a", s_now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fleet-service.")]
    [InlineData("fleet-service.1")]
    [InlineData("fleet-service.99999999999999999999.x")]
    [InlineData("fleet-service.1.2.3")]
    [InlineData(AdminKey)]
    public void IsValid_NoToken_IsFalse(string text) => Assert.False(IsValid(text, "a", s_now));

    // Pages and Redis show data that is signed with a key from which no other key can be derived.
    [Fact]
    public void FleetKeys_EachPurpose_HasAKeyOfItsOwn()
    {
        byte[][] keys = [s_keys.Lineage!, s_keys.Scope!, s_keys.Records!, s_keys.Services!, Encoding.UTF8.GetBytes(AdminKey)];

        Assert.Equal(keys.Length, keys.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(s_keys.Scope, KeysOf(AdminKey).Scope);
        Assert.Null(KeysOf(null).Services);
    }

    private static bool IsValid(string token, string incarnation, DateTimeOffset now) =>
        ServiceToken.IsValid(token, s_keys.Services!, ServiceToken.PrerenderServer(incarnation), now);

    private static FleetKeys KeysOf(string? key) => new(Options.Create(new FleetOptions { AdminKey = key }));
}
