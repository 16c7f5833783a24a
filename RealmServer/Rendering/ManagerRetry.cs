using Polly;
using Polly.Retry;

namespace Fleet.RealmServer.Rendering;

/// <summary>The one policy for calls to the manager. Repeating a render is harmless: it is stored by compare-and-set.</summary>
internal static class ManagerRetry
{
    /// <summary>Repeats before the manager counts as unavailable. With the delays below, about half a minute.</summary>
    public const int MaxRepeats = 8;

    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    /// <summary>Repeats what the manager could not take now, as <see cref="ManagerProblem.IsBusy"/> says, and a connection that fails.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Create(TimeProvider timeProvider) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = MaxRepeats,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = s_first,
                MaxDelay = s_longest,
                ShouldHandle = static async attempt => attempt.Outcome switch
                {
                    { Result: { IsSuccessStatusCode: false } response } => (await ManagerProblem.ReadAsync(response, attempt.Context.CancellationToken)).IsBusy,
                    { Exception: var exception } => exception is HttpRequestException,
                },
                DelayGenerator = retry => ValueTask.FromResult(RetryAfter(retry.Outcome.Result, timeProvider.GetUtcNow())),
            })
            .Build();

    /// <summary>What the answer asks for, at most 10 s; null leaves it to the back-off.</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage? response, DateTimeOffset now)
    {
        var header = response?.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - now : null);
        return wait is not { } asked ? null
            : asked < TimeSpan.Zero ? TimeSpan.Zero
            : asked > s_longest ? s_longest
            : asked;
    }
}
