using Microsoft.Extensions.Options;

namespace Fleet.Manager.Membership;

/// <summary>Asks every server with renders under way whether it is alive, again and again. How long a render takes says nothing about its server, but
/// one that does not even answer <c>/alive</c> will not answer the render either: then the renders on it are told, and it gets no more until its next
/// heartbeat. Heartbeats alone would take half a minute to show it, and never for a server that only keeps up its heartbeats.</summary>
internal sealed partial class LifeSigns(
    Departures departures, Suspicions suspicions, HttpClient http, IOptions<ManagerOptions> options, TimeProvider timeProvider, ILogger<LifeSigns> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var questions = new Dictionary<Departures.Watch, Task>();
        using var timer = new PeriodicTimer(options.Value.ProbeInterval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (answered, _) in questions.Where(question => question.Value.IsCompleted).ToList())
                {
                    questions.Remove(answered);
                }

                foreach (var watch in departures.Watched)
                {
                    questions.TryAdd(watch, AskAsync(watch, stoppingToken));
                }
            }
        }
        finally
        {
            await Task.WhenAll(questions.Values);
        }
    }

    private async Task AskAsync(Departures.Watch watch, CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(options.Value.ProbeTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, patience.Token);
        try
        {
            // Whatever it answers, it lives.
            using var response = await http.GetAsync(watch.Server.Url.TrimEnd('/') + "/alive", HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException)
        {
            if (!stoppingToken.IsCancellationRequested)
            {
                LogSilent(watch.Server.Name, watch.Server.Url, options.Value.ProbeTimeout);
                suspicions.Add(watch.Server);
                watch.End();
            }
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException or InvalidOperationException)
        {
            // A connection that is refused or breaks, the renders see themselves.
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Server} at {Url} has not answered /alive within {Timeout} (Manager:ProbeTimeout): its renders are tried elsewhere.")]
    private partial void LogSilent(string server, string url, TimeSpan timeout);
}
