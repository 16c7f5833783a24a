using Fleet.Contracts;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Servers;

/// <summary>Probes <c>/alive</c> of every server with renders in flight. A slow render is no evidence against its server, but a server that does not answer
/// <c>/alive</c> will not complete the render either: its renders are cancelled and retried, and it gets no more until it answers. Missing heartbeats alone would
/// take half a minute to show this, and a hung server may still send heartbeats. Unhealthy servers are probed too, instead of being tried with a
/// render, and so are servers whose heartbeat is late.</summary>
internal sealed partial class ServerProber(
    ServerFailureNotifier serverFailures, UnhealthyServers unhealthyServers, Heartbeats heartbeats, HttpClient http, IOptions<ManagerOptions> options, TimeProvider timeProvider, ILogger<ServerProber> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var probes = new Dictionary<string, Task>();
        using var timer = new PeriodicTimer(options.Value.ProbeInterval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (completed, _) in probes.Where(probe => probe.Value.IsCompleted).ToList())
                {
                    probes.Remove(completed);
                }

                // One probe per server at a time: a late answer to an old probe would contradict a newer one.
                foreach (var server in serverFailures.Watched.Select(watch => watch.Server).Concat(unhealthyServers.Servers).Concat(heartbeats.Late))
                {
                    if (!probes.ContainsKey(server.Incarnation))
                    {
                        probes[server.Incarnation] = ProbeAsync(server, stoppingToken);
                    }
                }
            }
        }
        finally
        {
            await Task.WhenAll(probes.Values);
        }
    }

    private async Task ProbeAsync(ServerRecord server, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.ProbeTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, timeout.Token);
        try
        {
            // Any response, whatever its status, proves that the server is alive.
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
            // The renders themselves notice a refused or broken connection.
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Server} at {Url} did not answer /alive within {Timeout} (Manager:ProbeTimeout); retrying its renders on other servers.")]
    private partial void LogSilent(string server, string url, TimeSpan timeout);
}
