using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Telemetry;
using Fleet.Registry;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Jobs;

/// <summary>Sends the webhooks of ended jobs and publications, signed as Standard Webhooks defines it. One manager sends a webhook at a time; if it is killed, another one sends it again with
/// the same <c>webhook-id</c>.</summary>
internal sealed partial class WebhookSender(
    IJobStore store, IHttpClientFactory clients, ManagerMetrics metrics, IOptions<JobsOptions> options, TimeProvider timeProvider, ILogger<WebhookSender> logger) : BackgroundService
{
    /// <summary>Name of the client that sends webhooks.</summary>
    public const string Client = "job-webhooks";

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pauseWhenAway = TimeSpan.FromSeconds(5);
    private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(5), TimeSpan.FromHours(1));

    private readonly OriginAllowList _allowed = new(options.Value.Webhooks);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = s_look;
            try
            {
                // The lease is longer than an attempt can take.
                if (await store.TakeWebhookAsync((2 * options.Value.WebhookTimeout) + RegistryTtl.Repeat, stoppingToken) is { } id)
                {
                    await SendAsync(id, stoppingToken);
                    pause = TimeSpan.Zero;
                }
            }
            catch (RegistryUnavailableException)
            {
                pause = s_pauseWhenAway;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // An exception of a background service stops the manager. A fault in the records of one job must not.
                LogUnexpected(e);
                pause = s_pauseWhenAway;
            }

            await Task.Delay(pause, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The body of a webhook.</summary>
    /// <param name="kind">What ended: <c>job</c> or <c>publication</c>.</param>
    /// <param name="state">The state in which it ended.</param>
    /// <param name="data">What ended.</param>
    /// <param name="now">The current time.</param>
    internal static string BodyOf(string kind, Enum state, object data, DateTimeOffset now) => JsonSerializer.Serialize(
        new { Type = $"{kind}.{JsonNamingPolicy.CamelCase.ConvertName(state.ToString())}", Timestamp = now, Data = data }, FleetJson.Options);

    private async Task<string> BodyOfAsync(JobRecord job, DateTimeOffset now, CancellationToken cancellationToken) => job.Definition.Publication is null
        ? BodyOf("job", job.State, JobProgress.Of(job) with { Webhook = null }, now)
        : BodyOf("publication", Publications.StateOf(job), await Publications.OfAsync(job, store, cancellationToken) with { Webhook = null }, now);

    private async Task SendAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(id, cancellationToken) is not { Webhook: { } webhook } job)
        {
            // The job has expired.
            await store.RemoveAsync(id, cancellationToken);
            return;
        }

        var attempts = webhook.Attempts + 1;
        var error = await TrySendAsync(job, webhook.Url, cancellationToken);
        metrics.WebhookSent(error is null);
        var state = error is null ? JobWebhookState.Delivered : attempts >= options.Value.WebhookAttempts ? JobWebhookState.Failed : JobWebhookState.Pending;
        await store.RecordWebhookAsync(id, new(webhook.Url, state, attempts, error), s_backoff.After(attempts), cancellationToken);
        if (error is not null)
        {
            LogFailed(id, attempts, options.Value.WebhookAttempts, error);
        }
    }

    /// <summary>Why the webhook was not delivered; null when it was.</summary>
    private async Task<string?> TrySendAsync(JobRecord job, string url, CancellationToken cancellationToken)
    {
        // The setting may have changed since the job was created.
        if (!_allowed.Allows(new(url)) || options.Value.WebhookSecret is not { } secret)
        {
            return "Its origin is not in Jobs:Webhooks of this manager, or Jobs:WebhookSecret is not set.";
        }

        using var timeout = new CancellationTokenSource(options.Value.WebhookTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var now = timeProvider.GetUtcNow();
            var body = await BodyOfAsync(job, now, either.Token);
            using var client = clients.CreateClient(Client);
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json) };
            request.Headers.Add("webhook-id", "job-" + job.Id);
            request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", WebhookSignature.Create(secret, "job-" + job.Id, now.ToUnixTimeSeconds(), body));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"The receiver answered {(int)response.StatusCode}.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"The receiver did not answer within {options.Value.WebhookTimeout.TotalSeconds:0.###} s (Jobs:WebhookTimeout).";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (e.InnerException as ForbiddenAddressException)?.Message ?? "The receiver cannot be reached.";
        }
    }

    [LoggerMessage(LogLevel.Error, "Sending webhooks failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The webhook of job {Id} was not delivered, attempt {Attempt} of {Attempts}: {Reason}")]
    private partial void LogFailed(string id, int attempt, int attempts, string reason);
}
