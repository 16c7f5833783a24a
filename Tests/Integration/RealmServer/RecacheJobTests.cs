using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.InMemory;
using Fleet.Tests.Manager;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

/// <summary>A job of a real manager that lets a real realm server render and store its pages again.</summary>
public sealed class RecacheJobTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_RecacheOfTheSite_StoresThePagesAndSaysWhatBecameOfEach()
    {
        await using var server = new RealmServerUnderTest();
        await using var renderer = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(renderer).StartAsync();
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance, TimeProvider.System);
        await using var manager = await ManagerUnderTest.StartAsync(registry, $"--services:realm:http:0={server.Url}", $"--Fleet:AdminKey={RealmServerUnderTest.AdminKey}");
        manager.Client.DefaultRequestHeaders.Authorization = new("Bearer", RealmServerUnderTest.AdminKey);

        var job = await RunAsync(manager, new { recache = new { urls = new[] { "/about", "/elements/hydrogen", "/robots.txt", "http://elsewhere.example/" } } });
        Assert.Equal((JobState.Completed, 2, 0, 2), (job.State, job.Succeeded, job.Failed, job.Skipped));
        var results = (await manager.Client.GetFromJsonAsync<JobResults>($"/jobs/{job.Id}/results", FleetJson.Options, Token))!.Results.ToDictionary(result => result.Url);
        Assert.Equal(("refused", "It is a file, not a page."), (results["/robots.txt"].Reason, results["/robots.txt"].Detail));
        Assert.Equal(200, results["/about"].Status);

        // All pages that are stored now.
        var all = await RunAsync(manager, new { recache = new { pattern = "/*" } });
        Assert.Equal((JobState.Completed, 2, 2), (all.State, all.Total, all.Succeeded));
    }

    [Theory]
    [InlineData(ServiceToken.RealmServer, 200)]
    [InlineData(ServiceToken.Manager, 401)]
    public async Task List_TokenOfAService_IsValidForItsReceiverOnly(string audience, int status)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var keys = new FleetKeys(Options.Create(new FleetOptions { AdminKey = RealmServerUnderTest.AdminKey }));
        using var response = await server.GetAsync("_pages", with: request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ServiceToken.Create(keys.Services!, audience, DateTimeOffset.UtcNow)));
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static async Task<JobStatus> RunAsync(ManagerUnderTest manager, object body)
    {
        using var created = await manager.Client.PostAsJsonAsync("/jobs", body, Token);
        Assert.True((int)created.StatusCode == 202, await created.Content.ReadAsStringAsync(Token));
        var job = (await created.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!;
        await Eventually.TrueAsync(
            async () => (job = (await manager.Client.GetFromJsonAsync<JobStatus>($"/jobs/{job.Id}", FleetJson.Options, Token))!).EndedAt is not null, TimeSpan.FromMinutes(1), () => $"the end of {job}");
        return job;
    }
}
