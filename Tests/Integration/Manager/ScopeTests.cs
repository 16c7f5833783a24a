using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

/// <summary>Which principals share pages.</summary>
public sealed class ScopeTests
{
    private const string Realm = "realm:" + ManagerUnderTest.Realm;
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };
    private static readonly RenderCredentials s_ada = new() { Authorization = "Bearer ada" };
    private static readonly RenderCredentials s_bob = new() { Authorization = "Bearer bob" };

    [Fact]
    public void Apply_Credentials_GiveEachPrincipalAScopeThatManagersAgreeOn()
    {
        var (one, another) = (New("correct-horse-battery-staple-for-tests"), New("correct-horse-battery-staple-for-tests"));
        Assert.Matches($"^{Realm}#[0-9a-f]{{32}}$", one.Apply(Realm, s_ada));
        Assert.Equal(one.Apply(Realm, s_ada), another.Apply(Realm, s_ada));
        Assert.NotEqual(one.Apply(Realm, s_ada), one.Apply(Realm, s_bob));
        Assert.NotEqual(one.Apply(Realm, s_ada), New("another-key-altogether").Apply(Realm, s_ada));
        Assert.NotEqual(New(null).Apply(Realm, s_ada), New(null).Apply(Realm, s_ada));
    }

    [Fact]
    public void Apply_NoCredentialsOrANamedScope_IsUnchanged()
    {
        Assert.Equal(Realm, New(null).Apply(Realm, null));
        Assert.Equal("user:7#ada", New(null).Apply("user:7#ada", s_bob));
    }

    [Fact]
    public async Task Post_TwoPrincipalsWantTheSameAtOnce_GetPagesAndAnswersOfTheirOwn()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var held = await HeldServer.AddAsync(manager);
        RenderRequest[] requests = [s_request, s_request with { Credentials = s_ada }, s_request with { Credentials = s_bob }, s_request with { Credentials = s_ada }];
        var renders = requests.Select(manager.RenderAsync).ToList();
        await manager.JoinedAsync(1);
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 3, () => "three renders at the server");
        held.Release();
        await Task.WhenAll(renders);

        Assert.Equal(3, held.Server.Calls.Count);
        Assert.Equal(3, held.Server.Calls.Select(call => call.Request.Affinity).Distinct().Count());
        Assert.Single(held.Server.Calls, call => call.Request.Affinity == Realm && call.Request.Credentials is null);
        Assert.All(held.Server.Calls.Where(call => call.Request.Credentials is not null), call => Assert.StartsWith(Realm + "#", call.Request.Affinity, StringComparison.Ordinal));
    }

    private static PrincipalScope New(string? key) => new(new FleetKeys(Options.Create(new FleetOptions { AdminKey = key })));
}
