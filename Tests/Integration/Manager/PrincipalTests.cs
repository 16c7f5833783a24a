using System.Net;
using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>A page that holds what a principal's credentials opened is lent to nobody who only knows the principal's name, which is no secret.</summary>
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
    public async Task Post_AffinityOfAPrincipal_WantsTheAdminKey()
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
    public async Task Post_AffinityOfAnotherThanTheUrls_WantsTheAdminKey(string affinity)
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
}
