using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Tests.EndToEnd;

/// <summary>Callers that render cards one after another, with a timeout of a minute each and without retries.</summary>
/// <param name="fleet">The fleet whose cards are rendered.</param>
/// <param name="manager">The manager for the next render.</param>
internal sealed class ManagerLoad(FleetUnderTest fleet, Func<Uri> manager)
{
    private static readonly RenderFormat[] s_formats = [RenderFormat.Isolated, RenderFormat.Embedded, RenderFormat.Atom, RenderFormat.Markdown];
    private static readonly string[] s_elements = ["hydrogen", "helium", "lithium", "beryllium", "boron", "carbon", "nitrogen", "oxygen", "fluorine", "neon"];
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly ConcurrentQueue<string> _lost = new();
    private volatile bool _isEnough;
    private int _next;
    private int _done;

    public int Done => Volatile.Read(ref _done);

    /// <summary>Renders that were not answered with a rendered page.</summary>
    public IReadOnlyCollection<string> Lost => _lost;

    /// <summary>Waits until so many more renders are answered.</summary>
    public async Task CompleteMoreAsync(int renders)
    {
        var goal = Done + renders;
        await Eventually.TrueAsync(() => Done >= goal, s_limit, () => $"{goal} renders done; {Done} are, {Lost.Count} of them lost\n{fleet.Output}");
    }

    /// <summary>Renders until the load is stopped.</summary>
    public Task RunAsync(int callers) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallAsync()));

    /// <summary>Each caller ends after the render that it waits for.</summary>
    public void Enough() => _isEnough = true;

    private async Task CallAsync()
    {
        while (!_isEnough)
        {
            var number = Interlocked.Increment(ref _next);
            var to = manager();
            var request = new RenderRequest
            {
                Url = fleet.OnRealm($"elements/{s_elements[number % s_elements.Length]}").AbsoluteUri,
                // The realm's affinity and three more, so that every server has some.
                Affinity = number % 4 == 0 ? null : $"user:load-{number % 4}",
                Formats = [s_formats[number / s_elements.Length % s_formats.Length]],
                DeadlineMs = 60_000,
            };
            try
            {
                await RenderAsync(to, request);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                _lost.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {to} {request.Url}: {e.Message} {e.InnerException?.Message}");
            }

            Interlocked.Increment(ref _done);
        }
    }

    private async Task RenderAsync(Uri to, RenderRequest request)
    {
        // With the key, since it names affinities that are not the URL's.
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(to, "renders"))
        {
            Content = JsonContent.Create(request, options: FleetJson.Options),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", FleetFixture.AdminKey) },
        };
        using var response = await fleet.Client.SendAsync(message, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.StatusCode != HttpStatusCode.OK || JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)?.Outcome != RenderOutcome.Rendered)
        {
            _lost.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {to} {request.Url}: {(int)response.StatusCode} {body[..Math.Min(body.Length, 500)]}");
        }
    }
}
