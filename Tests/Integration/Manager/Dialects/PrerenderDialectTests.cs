using System.Text;
using Microsoft.AspNetCore.Http;
using static Fleet.Tests.Manager.Dialects.DialectRequests;

namespace Fleet.Tests.Manager.Dialects;

/// <summary>Prerender's addresses: the place of the key, and the recache request.</summary>
public sealed class PrerenderDialectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 401)]
    [InlineData("wrong", 401)]
    [InlineData(ManagerUnderTest.AdminKey, 200)]
    public async Task Get_KeyIsRequired_IsTakenFromTheTokenHeader(string? token, int status)
    {
        await using var manager = await StartAsync("--Fleet:RequireKey=true");
        await manager.AddServerAsync("prerender-0");
        using var response = await SendAsync(manager, "GET", "/" + Page, "X-Prerender-Token", token);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Get_TokenOfAnotherServiceAndNoKeyIsRequired_IsAnswered()
    {
        await using var manager = await StartAsync();
        await manager.AddServerAsync("prerender-0");
        using var response = await SendAsync(manager, "GET", "/" + Page, "X-Prerender-Token", "token-of-prerender.io");
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"" + Page + "\"}")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"urls\":[\"" + Page + "\"]}")]
    public async Task Post_Recache_IsPassedToTheRealmServerWithTheCallersKey(string body)
    {
        string? seen = null;
        await using var realm = await StartRealmServerAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen = $"{http.Request.Method} {http.Request.Path} {http.Request.Headers.Authorization} {await reader.ReadToEndAsync(http.RequestAborted)}";
            await Results.Json(new { pages = Array.Empty<string>() }, statusCode: 202).ExecuteAsync(http);
        });
        await using var manager = await StartAsync($"--services:realm:http:0={realm.Urls.Single()}");
        using var response = await PostJsonAsync(manager, "/recache", body);
        Assert.Equal((202, "{\"pages\":[]}"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
        Assert.Equal($"POST /_pages/recache Bearer {ManagerUnderTest.AdminKey} {{\"urls\":[\"{Page}\"]}}", seen);
    }

    [Theory]
    [InlineData("{\"url\":\"" + Page + "\"}", 401, "wrong-admin-key", "This route requires")]
    [InlineData("{\"prerenderToken\":\"wrong\",\"url\":\"" + Page + "\"}", 401, "wrong-admin-key", "This route requires")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\"}", 400, "invalid-request", "'url' is missing")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"u\",\"urls\":[]}", 400, "invalid-request", "'urls' and 'url' are both given")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"adaptiveType\":\"mobile\"}", 400, "invalid-request", "'adaptiveType' is not a member")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"" + Page + "\"}", 502, "realm-server-unreachable", "services:realm:http:0")]
    public async Task Post_RecacheThatCannotBePassedOn_SaysWhy(string body, int status, string reason, string detail)
    {
        await using var manager = await StartAsync();
        using var response = await PostJsonAsync(manager, "/recache", body);
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, status, reason)), StringComparison.Ordinal);
    }

    // Hosts are an allow-list for callers without a key; this key is in the body.
    [Fact]
    public async Task Post_RecacheWithTheKeyInTheBody_IsAcceptedForAnyHostAndNotForAnotherSitesPage()
    {
        await using var manager = await StartAsync();
        const string Body = "{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"" + Page + "\"}";
        using var accepted = await PostAsync("Host", "fleet.example.com");
        await ManagerUnderTest.AssertProblemAsync(accepted, 502, "realm-server-unreachable");
        using var refused = await PostAsync("Origin", "https://evil.example");
        await ManagerUnderTest.AssertProblemAsync(refused, 403, "cross-origin");

        Task<HttpResponseMessage> PostAsync(string header, string value)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/recache") { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation(header, value);
            return manager.Client.SendAsync(request, Token);
        }
    }

    [Fact]
    public async Task Post_RecacheAndDialectIsOff_NamesTheRouteOfTheRealmServer()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        using var response = await PostJsonAsync(manager, "/recache", "{\"url\":\"" + Page + "\"}");
        Assert.Contains("POST /_pages/recache on the realm server", ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "dialect-off")), StringComparison.Ordinal);
    }
}
