namespace Fleet.Tests.ByHand;

/// <summary>Visitors, crawlers and a script that read pages until they are stopped. A request that fails ends it.</summary>
internal sealed class Load : IAsyncDisposable
{
    // Between the requests of a caller: a stored page takes a millisecond, and reading it without a pause would only slow the renders.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly ByHandFleet _fleet;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _callers;
    private readonly int[] _done = new int[3];

    public Load(ByHandFleet fleet)
    {
        _fleet = fleet;
        _callers = Task.WhenAll(RunAsync(0, VisitAsync), RunAsync(1, CrawlAsync), RunAsync(2, RenderAsync));
    }

    /// <summary>Waits until each of them has had this many more answers; throws what a request failed with.</summary>
    public async Task ReachAsync(int more)
    {
        var goals = _done.Select(done => done + more).ToArray();
        await Eventually.TrueAsync(
            () => _end.IsCancellationRequested || _done.Zip(goals).All(pair => pair.First >= pair.Second), TimeSpan.FromMinutes(2),
            () => $"{string.Join(", ", goals)} answers; there are {string.Join(", ", _done)}\n{_fleet.Log}");
        if (_end.IsCancellationRequested)
        {
            await _callers;
        }
    }

    /// <summary>Ends it; throws what a request failed with.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _callers;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _callers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task RunAsync(int caller, Func<Task> request)
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                await request();
                Interlocked.Increment(ref _done[caller]);
                await Task.Delay(s_pause, TimeProvider.System);
            }
        }
        finally
        {
            await _end.CancelAsync();
        }
    }

    private async Task VisitAsync() => Assert.Contains("data-version=", await _fleet.GetAsync("realm0/", ByHandFleet.Visitor), StringComparison.Ordinal);

    private async Task CrawlAsync() => Assert.Contains("data-version=", await _fleet.GetAsync(ByHandFleet.NewRoute(), ByHandFleet.Crawler), StringComparison.Ordinal);

    // GET is repeated by nginx at the other manager; a POST would not be.
    private async Task RenderAsync()
    {
        var url = Uri.EscapeDataString(new Uri(ByHandFleet.Site, "realm2/").AbsoluteUri);
        using var response = await _fleet.Managers.GetAsync(new Uri($"render?refresh=true&url={url}", UriKind.Relative), TestContext.Current.CancellationToken);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"GET /render: {(int)response.StatusCode} {page}\n{_fleet.Nginx.Errors}\n{_fleet.Log}");
    }
}
