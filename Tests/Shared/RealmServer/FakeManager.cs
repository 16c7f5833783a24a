using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>A manager; the test defines its answers to renders.</summary>
internal sealed class FakeManager : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile Task _gate = Task.CompletedTask;

    private FakeManager(WebApplication app) => _app = app;

    public ConcurrentQueue<RenderRequest> Requests { get; } = new();

    /// <summary>The result of a render; by default it succeeds on the current shell.</summary>
    public Func<RenderRequest, HostShell, IResult> Answer { get; set; } = (request, shell) => Results.Ok(Rendered(request, shell));

    /// <summary>Whether it reports that it is ready.</summary>
    public bool IsReady { get; set; } = true;

    /// <summary>Queries for screenshots.</summary>
    public ConcurrentQueue<IQueryCollection> ScreenshotRequests { get; } = new();

    /// <summary>The answer to a request for a screenshot; none by default.</summary>
    public Func<HttpContext, HostShell, IResult> ScreenshotAnswer { get; set; } = (_, _) => Results.Problem("There is no screenshot.", statusCode: 502);

    /// <summary>An answer that takes precedence over <see cref="Answer"/>.</summary>
    public Func<RenderRequest, HostShell, Task<IResult>>? AnswerAsync { get; set; }

    /// <summary>Lets pages of a realm depend on their own card and these URLs.</summary>
    public void Reads(RealmServerUnderTest server, params (string Id, string[] Reads)[] pages) => Answer = (request, shell) =>
    {
        var id = request.Url[server.RealmUrl.Length..];
        var reads = pages.FirstOrDefault(page => page.Id == id).Reads ?? [];
        return Results.Ok(Rendered(request, shell) with { Deps = [request.Url, .. reads.Select(read => server.RealmUrl + read)] });
    };

    /// <summary>Holds every answer until the result is set.</summary>
    public TaskCompletionSource HoldAnswers()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = gate.Task;
        return gate;
    }

    public string Url => _app.Urls.Single();

    /// <param name="registry">The registry with the current shell.</param>
    public static async Task<FakeManager> StartAsync(InMemoryRegistry registry)
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(options => FleetJson.Configure(options.SerializerOptions));
        var app = builder.Build();
        var manager = new FakeManager(app);
        app.MapGet("/health", () => manager.IsReady ? Results.Ok() : Results.StatusCode(503));
        app.MapPost("/renders", async (RenderRequest request, CancellationToken cancellationToken) =>
        {
            manager.Requests.Enqueue(request);
            await manager._gate.WaitAsync(cancellationToken);
            var shell = (await registry.HostShells.GetAsync(cancellationToken))!;
            return manager.AnswerAsync is { } answer ? await answer(request, shell) : manager.Answer(request, shell);
        });
        app.MapGet("/screenshot", async (HttpContext http, CancellationToken cancellationToken) =>
        {
            manager.ScreenshotRequests.Enqueue(http.Request.Query);
            return manager.ScreenshotAnswer(http, (await registry.HostShells.GetAsync(cancellationToken))!);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return manager;
    }

    public static RenderResult Rendered(RenderRequest request, HostShell shell, string body = "<h1>rendered</h1>", string head = "<title>rendered</title>") => new()
    {
        Outcome = RenderOutcome.Rendered,
        Url = request.Url,
        Status = 200,
        Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = body, [RenderFormat.Head] = head },
        Shell = new(shell.Token, shell.Generation, Current: true) { CurrentAtStart = true },
    };

    /// <summary>A page that a screenshot can be taken of.</summary>
    public static RenderResult Fitted(RenderRequest request, HostShell shell, string fitted = "<b>fitted</b>")
    {
        var page = Rendered(request, shell);
        return page with { Formats = new Dictionary<RenderFormat, string>(page.Formats) { [RenderFormat.Fitted] = fitted } };
    }

    /// <summary>A screenshot, taken on a shell.</summary>
    public static IResult Screenshot(HttpContext http, HostShell shell, byte[] bytes)
    {
        http.Response.Headers[FleetHeaders.HostShell] = shell.Token;
        return Results.Bytes(bytes, "image/jpeg");
    }

    /// <summary>The result of an app without the contract: the whole document.</summary>
    public static RenderResult Document(RenderRequest request, HostShell shell, string html) => Rendered(request, shell) with
    {
        Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = html },
    };

    public static RenderResult Ended(RenderOutcome outcome, RenderRequest request, ShellStamp? stamp, string message) => new()
    {
        Outcome = outcome,
        Url = request.Url,
        Status = 500,
        Shell = stamp,
        Diagnostics = new() { Message = message },
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
