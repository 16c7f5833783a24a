using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager.Jobs;

/// <summary>Jobs on a real manager, with a fake server and a site that has sitemaps, a realm server's API and a receiver of webhooks.</summary>
public abstract class JobsUnderTest : IAsyncLifetime
{
    private WebApplication _app = null!;

    /// <summary>The site's responses by path.</summary>
    private protected ConcurrentDictionary<string, Func<HttpContext, Task>> SitePages { get; } = new();

    private protected ManagerUnderTest Manager { get; private set; } = null!;

    private protected FakeServer Server { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string Site => _app.Urls.Single() + "/";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(http => SitePages.TryGetValue(http.Request.Path, out var answer) ? answer(http) : Results.NotFound().ExecuteAsync(http));
        await _app.StartAsync(Token);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Manager.DisposeAsync();
        await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static IEnumerable<string> Urls(int count) => Enumerable.Range(0, count).Select(n => ManagerUnderTest.Realm + n);

    /// <summary>Holds renders until the returned action is called.</summary>
    private protected Action Hold()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = Server.Answer;
        Server.Answer = async (http, request) =>
        {
            await released.Task.WaitAsync(http.RequestAborted);
            await answer(http, request);
        };
        return () => released.TrySetResult();
    }

    private async Task StartAsync(params string[] settings)
    {
        // Servers stay registered without heartbeats, but leases of jobs end.
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance, TimeProvider.System);
        await ManagerUnderTest.AnnounceRealmAsync(registry);
        Manager = await ManagerUnderTest.StartAsync(registry, [$"--Fleet:AllowedOrigins:0={Site.TrimEnd('/')}", $"--Fleet:AllowedOrigins:1={ManagerUnderTest.Host}", .. settings]);
        Manager.UseAdminKey();
        Server = await Manager.AddServerAsync("prerender-0");
    }

    private protected async Task RestartAsync(params string[] settings)
    {
        await Manager.DisposeAsync();
        await StartAsync(settings);
    }

    private protected Task<HttpResponseMessage> SendAsync(string method, string path) => Manager.Client.SendAsync(
        new(new(method), path) { Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null }, HttpCompletionOption.ResponseHeadersRead, Token);

    private protected Task<HttpResponseMessage> PostAsync(object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return Manager.Client.SendAsync(request, Token);
    }

    private protected async Task<string> CreateAsync(object body, string? key = null)
    {
        using var response = await PostAsync(body, key);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(Token));
        return (await response.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;
    }

    private protected async Task<JobStatus> JobAsync(string id) => (await Manager.Client.GetFromJsonAsync<JobStatus>($"/jobs/{id}", FleetJson.Options, Token))!;

    private protected async Task<JobList> ListAsync() => (await Manager.Client.GetFromJsonAsync<JobList>("/jobs", FleetJson.Options, Token))!;

    private protected async Task<JobStatus> EndAsync(string id)
    {
        JobStatus job = null!;
        await Eventually.TrueAsync(async () => (job = await JobAsync(id)).EndedAt is not null, () => $"the end of job {id}: {job}");
        return job;
    }

    private protected async Task<IReadOnlyList<JobUrlResult>> ResultsAsync(string id, int limit = 100)
    {
        List<JobUrlResult> results = [];
        string? cursor = "0";
        while (cursor is not null)
        {
            var page = (await Manager.Client.GetFromJsonAsync<JobResults>($"/jobs/{id}/results?limit={limit}&cursor={cursor}", FleetJson.Options, Token))!;
            results.AddRange(page.Results);
            cursor = page.Next;
        }

        return results;
    }
}
