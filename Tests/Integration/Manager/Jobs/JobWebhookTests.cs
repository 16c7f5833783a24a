using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager.Jobs;

/// <summary>The webhook at the end of a job.</summary>
public sealed class JobWebhookTests : JobsUnderTest
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly ConcurrentQueue<(HttpContext Http, IHeaderDictionary Headers, string Body)> _hooks = new();

    [Fact]
    public async Task Webhook_EndOfAJob_IsSignedAndRepeatedUntilItIsAccepted()
    {
        SitePages["/hook"] = async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _hooks.Enqueue((http, new HeaderDictionary(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), await reader.ReadToEndAsync()));
            http.Response.StatusCode = _hooks.Count == 1 ? 500 : 204;
        };
        await RestartAsync($"--Jobs:Webhooks:0={Site.TrimEnd('/')}", $"--Jobs:WebhookSecret={Secret}");
        var id = await CreateAsync(new { urls = Urls(2), webhook = Site + "hook" });
        await EndAsync(id);
        await Eventually.TrueAsync(async () => (await JobAsync(id)).Webhook is { State: JobWebhookState.Pending, Attempts: 1, Detail: "The receiver answered 500." }, () => "the first attempt failed");
        await Eventually.TrueAsync(async () => (await JobAsync(id)).Webhook is { State: JobWebhookState.Delivered, Attempts: 2, Detail: null }, () => "the second attempt was accepted");

        Assert.Equal(2, _hooks.Count);
        Assert.All(_hooks, hook =>
        {
            var key = Convert.FromBase64String(Secret["whsec_".Length..]);
            var signed = $"{hook.Headers["webhook-id"]}.{hook.Headers["webhook-timestamp"]}.{hook.Body}";
            Assert.Equal("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed))), hook.Headers["webhook-signature"].ToString());
            Assert.Equal("job-" + id, hook.Headers["webhook-id"].ToString());
            Assert.InRange(long.Parse(hook.Headers["webhook-timestamp"]!, CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 120, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 5);
            var body = JsonSerializer.Deserialize<JsonElement>(hook.Body);
            Assert.Equal(("job.completed", id, 2), (body.GetProperty("type").GetString(), body.GetProperty("data").GetProperty("id").GetString(), body.GetProperty("data").GetProperty("succeeded").GetInt32()));
        });
    }

    [Fact]
    public async Task Webhook_ReceiverIsAway_FailsAfterItsAttempts()
    {
        var away = $"http://127.0.0.1:{FreePort.Take()}";
        await RestartAsync($"--Jobs:Webhooks:0={away}", $"--Jobs:WebhookSecret={Secret}", "--Jobs:WebhookAttempts=2");
        var id = await CreateAsync(new { urls = Urls(1), webhook = away + "/hook" });
        Assert.Equal(JobState.Completed, (await EndAsync(id)).State);
        await Eventually.TrueAsync(
            async () => (await JobAsync(id)).Webhook is { State: JobWebhookState.Failed, Attempts: 2, Detail: "The receiver cannot be reached." }, () => "the webhook failed");
    }
}
