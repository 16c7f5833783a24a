using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Manager;

/// <summary>A prerender server without a browser; the test defines its answers.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _version;
    private int _aliveRequests;

    private FakeServer(string name, int number, WebApplication app) =>
        (Name, Incarnation, _app) = (name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name} {number}"))[..16]), app);

    public string Name { get; }

    /// <summary>The same in every run for the same name and number: the manager's hash of it decides which server an affinity goes to.</summary>
    public string Incarnation { get; }

    public string Url { get; private set; } = "";

    /// <summary>Answers a render.</summary>
    public Func<HttpContext, RenderRequest, Task> Answer { get; set; } = null!;

    /// <summary>The renders that it received.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Answers a request for a screenshot.</summary>
    public Func<HttpContext, ScreenshotRequest, Task> AnswerScreenshot { get; set; } = (http, _) => SendScreenshotAsync(http, RenderOutcome.Rendered, 200);

    /// <summary>The screenshots that were requested.</summary>
    public ConcurrentQueue<ScreenshotRequest> Screenshots { get; } = new();

    /// <summary>Answers a command.</summary>
    public Func<HttpContext, CommandRequest, Task> AnswerCommand { get; set; } = (http, request) => http.Response.WriteAsJsonAsync(
        new RenderResult { Outcome = RenderOutcome.Rendered, Url = "http://h/", Data = request.Input }, FleetJson.Options);

    /// <summary>The commands that it received, with their keys.</summary>
    public ConcurrentQueue<(CommandRequest Request, string Key)> Commands { get; } = new();

    /// <summary>Answers <c>GET /alive</c>.</summary>
    public Func<HttpContext, Task> Alive { get; set; } = _ => Task.CompletedTask;

    /// <summary>Number of requests to <c>/alive</c>.</summary>
    public int AliveRequests => Volatile.Read(ref _aliveRequests);

    /// <summary>Answers requests of operators.</summary>
    public Func<HttpContext, Task> Operate { get; set; } = _ => Task.CompletedTask;

    /// <summary>Requests of operators: method and path, as sent.</summary>
    public ConcurrentQueue<string> Operations { get; } = new();

    /// <summary>The queries of those requests, as sent; empty for one without.</summary>
    public ConcurrentQueue<string> OperationQueries { get; } = new();

    /// <summary>Completes when a caller disconnects before the answer.</summary>
    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts it on a free port.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="number">Distinguishes incarnations of one name.</param>
    public static async Task<FakeServer> StartAsync(string name, int number = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeServer(name, number, app);
        server.Answer = (http, request) => http.Response.WriteAsJsonAsync(server.Result(request), FleetJson.Options);
        app.MapPost("/renders", async (HttpContext http) =>
        {
            var request = (await JsonSerializer.DeserializeAsync<RenderRequest>(http.Request.Body, FleetJson.Options))!;
            server.Calls.Enqueue(new Call(request, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            http.RequestAborted.Register(() => server.Aborted.TrySetResult());
            await server.Answer(http, request);
        });
        app.MapPost("/screenshots", async (HttpContext http) =>
        {
            var request = (await JsonSerializer.DeserializeAsync<ScreenshotRequest>(http.Request.Body, FleetJson.Options))!;
            server.Screenshots.Enqueue(request);
            await server.AnswerScreenshot(http, request);
        });
        app.MapPost("/commands", async (HttpContext http) =>
        {
            var request = (await JsonSerializer.DeserializeAsync<CommandRequest>(http.Request.Body, FleetJson.Options))!;
            server.Commands.Enqueue((request, http.Request.Headers[FleetHeaders.IdempotencyKey].ToString()));
            await server.AnswerCommand(http, request);
        });
        app.MapGet("/alive", http =>
        {
            Interlocked.Increment(ref server._aliveRequests);
            return server.Alive(http);
        });
        app.MapFallback("{**path}", async http =>
        {
            var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            server.Operations.Enqueue($"{http.Request.Method} {target.Split('?')[0]}");
            server.OperationQueries.Enqueue(http.Request.QueryString.Value ?? "");
            await server.Operate(http);
        });
        await app.StartAsync();
        server.Url = app.Urls.Single();
        return server;
    }

    public RenderResult Result(RenderRequest request, RenderOutcome outcome = RenderOutcome.Rendered, int status = 200) => new()
    {
        Outcome = outcome,
        Url = request.Url,
        Affinity = request.Affinity,
        Status = status,
        Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = $"<p>by {Name}</p>", [RenderFormat.Isolated] = "card" },
        Shell = new ShellStamp("abc123", 7, true),
        Page = outcome == RenderOutcome.NoVerdict ? null : new RenderPage(Name, 1, false),
    };

    /// <summary>Three bytes that are no valid image; no service between here and the caller parses them.</summary>
    public static Task SendScreenshotAsync(HttpContext http, RenderOutcome outcome, int status)
    {
        http.Response.Headers[FleetHeaders.Outcome] = outcome.ToString();
        http.Response.Headers[FleetHeaders.PageStatus] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Microsoft.AspNetCore.Http.Results.Bytes(new byte[] { 0, 255, 1 }, "image/png").ExecuteAsync(http);
    }

    /// <summary>Changes each record before it is announced.</summary>
    public Func<ServerRecord, ServerRecord> Describe { get; set; } = record => record;

    public Task RegisterAsync(InMemoryRegistry registry, ServerState state = ServerState.Ready, int slots = 2) =>
        registry.Servers.AnnounceAsync(Describe(Record(state, slots)), TestContext.Current.CancellationToken);

    public ServerRecord Record(ServerState state, int slots) => new()
    {
        Incarnation = Incarnation,
        Name = Name,
        Url = Url,
        State = state,
        Version = ++_version,
        Slots = slots,
        Free = slots,
        RecentBootMs = 300,
        RecentRenderMs = 30,
    };

    /// <summary>Answers 503 with a reason, as a server of the fleet does.</summary>
    public static Func<HttpContext, RenderRequest, Task> Unavailable(string reason) => async (http, _) =>
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await http.Response.WriteAsJsonAsync(new { reason, detail = $"I say {reason}." });
    };

    public static Task BreakConnectionAsync(HttpContext http, RenderRequest request)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    public static Task NeverAnswerAsync(HttpContext http, RenderRequest request) => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);

    /// <summary>Closes the port: connections are refused from now on.</summary>
    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed record Call(RenderRequest Request, IReadOnlyDictionary<string, string> Headers);
}
