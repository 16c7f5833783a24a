using System.Net;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.Manager;

/// <summary>A page with content for a principal's credentials is not leased to a caller that only knows the principal's name, which is no secret.</summary>
public sealed class PrincipalTests : IAsyncLifetime
{
    private const string Scoped = ManagerUnderTest.Realm + "#0123456789abcdef";

    private ManagerUnderTest _manager = null!;
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _manager = await ManagerUnderTest.StartAsync();
        _server = await _manager.AddServerAsync("prerender-0");
    }

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task Post_AffinityOfAPrincipal_RequiresTheAdminKey()
    {
        var request = new RenderRequest { Url = ManagerUnderTest.Realm + "hydrogen", Affinity = "realm:" + Scoped };

        using var refused = await _manager.PostAsync(request, TestContext.Current.CancellationToken);

        await ManagerUnderTest.AssertProblemAsync(refused, 401, "wrong-admin-key");
        Assert.Empty(_server.Calls);
        _manager.UseAdminKey();
        using var rendered = await _manager.PostAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, rendered.StatusCode);
    }

    [Theory]
    [InlineData("user:ada")]
    [InlineData("user:ada#0123456789abcdef#")]
    [InlineData("realm:http://127.0.0.1:9/birds/")]
    public async Task Post_AffinityOfAnotherThanTheUrls_RequiresTheAdminKey(string affinity)
    {
        using var refused = await _manager.PostAsync(
            new RenderRequest { Url = ManagerUnderTest.Card, Affinity = affinity }, TestContext.Current.CancellationToken);

        var problem = await ManagerUnderTest.AssertProblemAsync(refused, 401, "wrong-admin-key");
        Assert.Contains(affinity, ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.Empty(_server.Calls);
    }

    [Theory]
    [InlineData("render")]
    [InlineData("screenshot")]
    [InlineData("pdf")]
    public async Task Get_AffinityOfAPrincipal_IsRefused(string route)
    {
        var query = $"?url={Uri.EscapeDataString(ManagerUnderTest.Realm + "hydrogen")}&affinity={Uri.EscapeDataString("realm:" + Scoped)}";

        using var refused = await _manager.Client.GetAsync(new Uri(route + query, UriKind.Relative), TestContext.Current.CancellationToken);

        await ManagerUnderTest.AssertProblemAsync(refused, 401, "wrong-admin-key");
        Assert.Empty(_server.Calls);
    }

    // Boundary 2: if each folder of an origin could be an affinity, a caller could evict the warm pages of realms, bypassing fairness.
    [Theory]
    [InlineData("realm:http://127.0.0.1:9/app/")]
    [InlineData("realm:http://127.0.0.1:9/app/1/")]
    [InlineData("realm:http://127.0.0.1:9/app")]
    public async Task Post_FolderOutsideRealmsAsAffinity_RequiresTheAdminKey(string affinity)
    {
        using var refused = await _manager.PostAsync(
            new RenderRequest { Url = ManagerUnderTest.Host + "/app/1/page", Affinity = affinity }, TestContext.Current.CancellationToken);

        var problem = await ManagerUnderTest.AssertProblemAsync(refused, 401, "wrong-admin-key");
        Assert.Contains($"'realm:{ManagerUnderTest.Host}/'", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task Post_AnyUrlsOutsideRealms_HaveOneAffinityPerOrigin()
    {
        foreach (var (path, affinity) in new[] { ("/a/1", null), ("/b/2", null), ("/c", $"realm:{ManagerUnderTest.Host}/") })
        {
            await _manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Host + path, Affinity = affinity });
        }

        Assert.Equal($"realm:{ManagerUnderTest.Host}/", Assert.Single(_server.Calls.Select(call => call.Request.Affinity).Distinct()));
    }

    [Fact]
    public async Task Post_MadeUpCredentials_AreBoundedWithoutTheKey()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxPrincipalsWithoutKey=2");
        await manager.AddServerAsync("prerender-0");
        foreach (var name in (string[])["ada", "bob", "ada"])
        {
            await manager.RenderAsync(With(name));
        }

        using var refused = await manager.PostAsync(With("eve"), TestContext.Current.CancellationToken);

        await ManagerUnderTest.AssertProblemAsync(refused, 429, "too-many-principals");
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        manager.UseAdminKey();
        await manager.RenderAsync(With("eve"));

        static RenderRequest With(string name) => new() { Url = ManagerUnderTest.Card, Credentials = new() { Authorization = "Bearer " + name } };
    }

    [Fact]
    public void FairnessKey_PrincipalsOfARealm_ShareOne()
    {
        Assert.Equal("realm:http://h/a/", KeyOf("realm:http://h/a/#ada"));
        Assert.Equal("realm:http://h/a/", KeyOf("realm:http://h/a/"));
        Assert.Equal("user:7", KeyOf("user:7#x"));

        static string KeyOf(string affinity) => new RenderOperation(
            new RenderRequest { Url = "http://h/a/x" }, affinity, "id", new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System)).FairnessKey;
    }
}
