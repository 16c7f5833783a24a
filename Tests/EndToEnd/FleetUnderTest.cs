using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fleet.Tests.EndToEnd;

/// <summary>A whole fleet of real processes, with the requests that tests send to it.</summary>
internal sealed class FleetUnderTest(AspireFleet fleet, FleetLog log) : IAsyncDisposable
{
    private static readonly TimeSpan s_indexLimit = TimeSpan.FromMinutes(4);

    /// <summary>Its processes, which tests can kill, freeze and start again.</summary>
    public AspireFleet Processes => fleet;

    public FleetLog Log => log;

    /// <summary>A client without retries that waits up to a minute for each answer.</summary>
    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The latest lines of its log, for messages.</summary>
    public string Output => log.ToString();

    /// <summary>A URL of the realm server.</summary>
    public Uri OnRealm(string path) => new(fleet.Topology.Realm, path);

    /// <summary>A URL of the manager.</summary>
    public Uri OnManager(string path) => new(fleet.Topology.Manager, path);

    /// <summary>Gets a page as a browser asks for it.</summary>
    public async Task<string> GetHtmlAsync(Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"GET {url} answered {(int)response.StatusCode}: {body}\n{Output}");
        return body;
    }

    /// <summary>Waits for the first index and gives its last state.</summary>
    public async Task<JsonElement> IndexedAsync()
    {
        var index = default(JsonElement);
        await Eventually.TrueAsync(
            async () =>
            {
                index = await Client.GetFromJsonAsync<JsonElement>(OnRealm("_index"), TestContext.Current.CancellationToken);
                return index.GetProperty("state").GetString() == "done";
            },
            s_indexLimit,
            () => $"the first index done; it is {index}\n{Output}");
        return index;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await fleet.DisposeAsync();
    }
}
