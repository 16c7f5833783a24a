using Fleet.Contracts;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Servers;

/// <summary>Asks every server with renders under way whether it is alive, again and again. How long a render takes says nothing about its server, but
/// one that does not even answer <c>/alive</c> will not answer the render either: then the renders on it are told, and it gets no more until it answers.
/// Heartbeats alone would take half a minute to show it, and never for a server that only keeps up its heartbeats. So a suspected server is asked
/// too, rather than tried with a render.</summary>
internal sealed partial class ServerProber(
    ServerFailureNotifier serverFailures, UnhealthyServers unhealthyServers, HttpClient http, IOptions<ManagerOptions> options, TimeProvider timeProvider, ILogger<ServerProber> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var questions = new Dictionary<string, Task>();
        using var timer = new PeriodicTimer(options.Value.ProbeInterval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (answered, _) in questions.Where(question => question.Value.IsCompleted).ToList())
                {
                    questions.Remove(answered);
                }

                // One question at a time to each: a late answer to an old one would contradict a newer.
                foreach (var server in serverFailures.Watched.Select(watch => watch.Server).Concat(unhealthyServers.Servers))
                {
                    if (!questions.ContainsKey(server.Incarnation))
                    {
                        questions[server.Incarnation] = AskAsync(server, stoppingToken);
                    }
                }
            }
        }
        finally
        {
            await Task.WhenAll(questions.Values);
        }
    }

    private async Task AskAsync(ServerRecord server, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.ProbeTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, timeout.Token);
        try
        {
            // Whatever it answers, it lives.
            using var response = await http.GetAsync(server.Url.TrimEnd('/') + "/alive", HttpCompletionOption.ResponseHeadersRead, either.Token);
            unhealthyServers.Clear(server);
        }
        catch (OperationCanceledException)
        {
            if (!stoppingToken.IsCancellationRequested)
            {
                if (unhealthyServers.Add(server))
                {
                    LogSilent(server.Name, server.Url, options.Value.ProbeTimeout);
                }

                serverFailures.End(server.Incarnation);
            }
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            // A connection that is refused or breaks, the renders see themselves.
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Server} at {Url} has not answered /alive within {Timeout} (Manager:ProbeTimeout): its renders are tried elsewhere.")]
    private partial void LogSilent(string server, string url, TimeSpan timeout);
}
