using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.IndexNow;

/// <summary>Submits changed pages in batches. A batch that the endpoint does not take now is submitted again, after pauses that double.</summary>
internal sealed partial class IndexNowSubmitter(
    ChangedPages pages, IHttpClientFactory clients, PublicAddress address, IOptions<IndexNowOptions> options, IOptions<RealmsOptions> realms, TimeProvider timeProvider,
    ILogger<IndexNowSubmitter> logger) : BackgroundService
{
    /// <summary>Name of the client that submits.</summary>
    public const string Client = "index-now";

    /// <summary>Maximum number of URLs of a batch, as the protocol defines it.</summary>
    public const int MaxBatch = 10_000;

    /// <summary>Timeout of a submission: 30 s.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_maxPause = TimeSpan.FromHours(1);

    /// <summary>Path of the file that proves that the key is the site's.</summary>
    public static string PathOf(string key) => $"/{key}.txt";

    public override Task StartAsync(CancellationToken cancellationToken) => options.Value.Key is not null && realms.Value.PublicUrl is null
        ? throw new StartException("IndexNow:Key requires Realms:PublicUrl: search engines must be able to reach the pages that are submitted.")
        : base.StartAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Key is not { } key)
        {
            return;
        }

        var (failures, pause) = (0, options.Value.Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pause, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || pages.Take(MaxBatch) is not { Urls: { Count: > 0 } urls } taken)
            {
                continue;
            }

            if (taken.Dropped > 0)
            {
                LogDropped(taken.Dropped, ChangedPages.MaxWaiting);
            }

            var (status, retryAfter, error) = await SubmitAsync(key, urls, stoppingToken);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            var isRepeated = IsRepeated(status);
            if (isRepeated)
            {
                pages.Add(urls);
            }

            failures = isRepeated ? failures + 1 : 0;
            pause = PauseAfter(failures, retryAfter, options.Value.Interval);
            if (error is not null)
            {
                LogFailed(urls.Count, error, isRepeated ? $"They are submitted again in {pause.TotalSeconds:0} s." : "They are not submitted again.");
            }
            else
            {
                LogSubmitted(urls.Count);
            }
        }
    }

    /// <summary>Whether a batch is submitted again: there was no answer (status 0), or the endpoint is busy or broken.</summary>
    internal static bool IsRepeated(int status) => status is 0 or 408 or 429 or >= 500;

    /// <summary>The time until the next submission.</summary>
    /// <param name="failures">Number of consecutive failed submissions that are repeated.</param>
    /// <param name="retryAfter">The wait that the endpoint requests.</param>
    /// <param name="interval">The pause without a failure.</param>
    internal static TimeSpan PauseAfter(int failures, TimeSpan? retryAfter, TimeSpan interval)
    {
        var pause = failures == 0 ? interval : new Backoff(interval * 2, s_maxPause).After(failures);
        return failures > 0 && retryAfter > pause ? retryAfter.Value < s_maxPause ? retryAfter.Value : s_maxPause : pause;
    }

    private async Task<(int Status, TimeSpan? RetryAfter, string? Error)> SubmitAsync(string key, IReadOnlyList<string> urls, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(Client);
            var body = new { host = new Uri(address.UrlOf("/")).Authority, key, keyLocation = address.UrlOf(PathOf(key)), urlList = urls };
            using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Endpoint) { Content = JsonContent.Create(body) };
            // The body of the answer is not read.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var retryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => date - timeProvider.GetUtcNow(),
                _ => (TimeSpan?)null,
            };
            return ((int)response.StatusCode, retryAfter, response.IsSuccessStatusCode ? null : $"The endpoint answered {(int)response.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return (0, null, e is OperationCanceledException ? $"The endpoint did not answer within {Timeout.TotalSeconds} s." : (e.InnerException as ForbiddenAddressException)?.Message ?? "The endpoint cannot be reached.");
        }
    }

    [LoggerMessage(LogLevel.Information, "Submitted {Count} changed pages to IndexNow.")]
    private partial void LogSubmitted(int count);

    [LoggerMessage(LogLevel.Warning, "{Count} changed pages were not submitted to IndexNow: {Error} {Next}")]
    private partial void LogFailed(int count, string error, string next);

    [LoggerMessage(LogLevel.Warning, "{Count} changed pages are not submitted to IndexNow, because {Max} wait already.")]
    private partial void LogDropped(int count, int max);
}
