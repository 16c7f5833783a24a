using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fleet.Tests.EndToEnd;

/// <summary>A minimal load balancer: it checks the readiness of each server ten times a second, sends requests to the ready ones in
/// turns, and repeats nothing.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _end = new();
    private readonly Uri[] _servers;
    private readonly Task _watching;
    private readonly ConcurrentQueue<string> _history = new();
    private Uri[] _ready = [];
    private int _turn;

    private LoadBalancer(Uri[] servers)
    {
        _servers = servers;
        _watching = Task.WhenAll(servers.Select(WatchAsync));
    }

    /// <summary>When each server became ready or unready, and checks that took longer than a second, for messages.</summary>
    public string History => string.Join('\n', _history);

    /// <summary>Starts it, and waits until every server is ready.</summary>
    public static async Task<LoadBalancer> StartAsync(TimeSpan limit, params Uri[] servers)
    {
        var balancer = new LoadBalancer(servers);
        await balancer.EveryoneIsReadyAsync(limit);
        return balancer;
    }

    /// <summary>The next server that is ready; any one when none is.</summary>
    public Uri Next()
    {
        var ready = Volatile.Read(ref _ready);
        var servers = ready.Length > 0 ? ready : _servers;
        return servers[(uint)Interlocked.Increment(ref _turn) % servers.Length];
    }

    public Task EveryoneIsReadyAsync(TimeSpan limit) => Eventually.TrueAsync(
        () => Volatile.Read(ref _ready).Length == _servers.Length,
        limit,
        () => $"all of {string.Join<Uri>(", ", _servers)} ready; these are: {string.Join<Uri>(", ", Volatile.Read(ref _ready))}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _client.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync(Uri server)
    {
        while (!_end.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var isReady = await IsReadyAsync(server);
            var took = Stopwatch.GetElapsedTime(started);
            lock (_servers)
            {
                if (isReady != _ready.Contains(server) || took > s_slow)
                {
                    _history.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {server} is {(isReady ? "ready" : "not ready")}, as a check of {took.TotalSeconds:0.00} s found");
                }

                Volatile.Write(ref _ready, [.. _servers.Where(other => other == server ? isReady : _ready.Contains(other))]);
            }

            await Task.Delay(s_interval, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> IsReadyAsync(Uri server)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri(server, "health"), _end.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
