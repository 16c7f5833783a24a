using System.Collections.Concurrent;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Credentials of a visit go to their origin, in that visit, and nowhere else.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class CredentialsTests(ServerFixture server)
{
    private const string Secret = "Bearer very-secret-token";
    private readonly ConcurrentQueue<string> _seen = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renders_WithCredentials_OnlyTheirOriginSeesThem()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Routes[$"/own-{id}.json"] = Note("own");
        server.Site.Routes[$"/foreign-{id}.json"] = Note("foreign");
        server.OtherApp.Routes[$"/away-{id}.json"] = http =>
        {
            Remember("away", http);
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Redirect(server.Site[$"foreign-{id}.json"].AbsoluteUri);
            return Task.CompletedTask;
        };
        server.OtherApp.Page($"/{id}", $"""
            <p>x</p><script>console.error('read'); Promise.allSettled([fetch('/own-{id}.json'), fetch('{server.Site[$"foreign-{id}.json"]}'), fetch('/away-{id}.json')])
              .then(() => document.body.append('done'))</script>
            """);
        var request = new RenderRequest { Url = server.OtherApp[id].AbsoluteUri, Affinity = $"realm:{server.OtherApp.Url}#alice", Credentials = new() { Authorization = Secret } };
        var result = await server.RenderAsync(request, Token);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains($"own {Secret}", _seen);
        Assert.Contains($"away {Secret}", _seen);
        var foreign = _seen.Where(s => s.StartsWith("foreign", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(foreign);
        Assert.All(foreign, s => Assert.Equal("foreign ", s));

        _seen.Clear();
        await server.RenderAsync(request with { Credentials = null }, Token);
        Assert.Contains("own ", _seen);
    }

    [Fact]
    public async Task Renders_FrameOfAnotherOrigin_SendsNoCredentials()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Routes[$"/read-{id}.json"] = http =>
        {
            Remember(http.Request.Query["by"]!, http);
            http.Response.Headers.AccessControlAllowOrigin = "*";
            return http.Response.WriteAsync("{}");
        };
        string Frame(string by) => $"<p>{by}</p><script>fetch('{server.OtherApp[$"read-{id}.json"]}?by={by}').finally(() => parent.postMessage('{by}', '*'))</script>";
        server.Site.Page($"/foreign-{id}", Frame("foreign") + $"<iframe src='{server.OtherApp[$"nested-{id}"]}'></iframe>");
        server.OtherApp.Routes[$"/nested-{id}"] = Note("nested");
        server.OtherApp.Page($"/own-{id}", Frame("own"));
        server.OtherApp.Page($"/{id}", $$"""
            <p>x</p><script>
            window.prerenderReady = false; const left = new Set(['foreign', 'own']);
            addEventListener('message', (e) => { left.delete(e.data); if (left.size === 0) { document.body.append('done'); setTimeout(() => { window.prerenderReady = true; }, 300); } });
            </script><iframe src='{{server.Site[$"foreign-{id}"]}}'></iframe><iframe src='/own-{{id}}'></iframe>
            """);
        var result = await server.RenderAsync(new() { Url = server.OtherApp[id].AbsoluteUri, Affinity = $"realm:{server.OtherApp.Url}#eve", Credentials = new() { Authorization = Secret } }, Token);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains($"own {Secret}", _seen);
        Assert.Contains("foreign ", _seen);
        Assert.DoesNotContain($"foreign {Secret}", _seen);
        Assert.DoesNotContain($"nested {Secret}", _seen);
    }

    [Fact]
    public async Task Renders_FastPathWithCredentials_ShowsThemInThatVisitOnly()
    {
        server.Site.Routes["/elements/asked.json"] = Note("asked");
        var request = new RenderRequest { Url = server.Site["elements/asks"].AbsoluteUri, Affinity = $"realm:{server.Site["elements/"]}#bob", Formats = [RenderFormat.Atom] };
        await server.RenderAsync(request with { Credentials = new() { Authorization = Secret } }, Token);
        await server.RenderAsync(request, Token);
        Assert.Equal([$"asked {Secret}", "asked "], _seen);
    }

    [Fact]
    public async Task Failures_OfAVisitWithCredentials_ShowNeitherThemNorThePage()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}", $"<p>private page</p><script>console.error('very-secret-line'); fetch('/nothing-{id}?very-secret-query')</script>", 500);
        await server.RenderAsync(new() { Url = server.OtherApp[id].AbsoluteUri + "?very-secret-address", Affinity = $"realm:{server.OtherApp.Url}#carol", Credentials = new() { Authorization = Secret } }, Token);
        await server.RenderPageAsync("<p>public page</p>", 500);
        var all = await server.Client.GetStringAsync("failures", Token);
        using var list = System.Text.Json.JsonDocument.Parse(all);
        var listed = Assert.Single(list.RootElement.EnumerateArray(), failure => failure.GetProperty("url").GetString()!.Contains(id, StringComparison.Ordinal));
        var record = await server.Client.GetStringAsync($"failures/{listed.GetProperty("id")}", Token);
        Assert.Contains($"/nothing-{id}: 404", record, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", all, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_OfVisitsWithCredentials_NeverNamesThem()
    {
        var id = Guid.NewGuid().ToString("N");
        // Every kind of end with detailed diagnostics: an error of the page, a late page, a redirect, a command.
        server.OtherApp.Page($"/{id}", "<script>console.error('oh no'); fetch('/nothing-here'); throw new Error('broken')</script>", 500);
        server.OtherApp.Page($"/{id}-late", "<script>setTimeout(() => { for (;;); }, 20)</script>");
        server.OtherApp.Routes[$"/{id}-away"] = http =>
        {
            http.Response.Redirect($"/{id}");
            return Task.CompletedTask;
        };
        var credentials = new RenderCredentials { Authorization = Secret };
        foreach (var path in (string[])["", "-late", "-away"])
        {
            await server.RenderAsync(
                new() { Url = server.OtherApp[id + path].AbsoluteUri, Affinity = $"realm:{server.OtherApp.Url}#dora", Credentials = credentials, DeadlineMs = 4_000 }, Token);
        }

        using var content = System.Net.Http.Json.JsonContent.Create(new CommandRequest { Command = "unknown", Affinity = "user:dora#dora", Credentials = credentials }, options: FleetJson.Options);
        content.Headers.Add(FleetHeaders.IdempotencyKey, id);
        (await server.Client.PostAsync("commands", content, Token)).EnsureSuccessStatusCode();

        Assert.Contains(server.Log.Lines, line => line.Contains("/renders", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("very-secret", StringComparison.Ordinal));
        Assert.DoesNotContain("very-secret", await server.Client.GetStringAsync("failures", Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("user:7")]
    [InlineData("realm:http://127.0.0.1/")]
    public void Check_CredentialsWithoutScope_AreRefused(string? affinity)
    {
        var request = new RenderRequest { Url = "http://127.0.0.1/", Affinity = affinity, Credentials = new() { Authorization = Secret } };
        var error = RenderRequestRules.CheckScope(request)!;
        Assert.Equal("credentials", error.Field);
        Assert.DoesNotContain("very-secret", error.Message + request, StringComparison.Ordinal);
        Assert.Null(RenderRequestRules.CheckScope(request with { Affinity = "user:7#7" }));
    }

    private Func<HttpContext, Task> Note(string name) => http =>
    {
        Remember(name, http);
        http.Response.Headers.AccessControlAllowOrigin = "*";
        return http.Response.WriteAsync("{}");
    };

    private void Remember(string name, HttpContext http)
    {
        // A preflight only asks for permission; it sends no credentials.
        if (http.Request.Method != "OPTIONS")
        {
            _seen.Enqueue($"{name} {http.Request.Headers.Authorization}");
        }
    }
}
