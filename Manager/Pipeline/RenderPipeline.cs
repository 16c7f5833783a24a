using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Routing;
using Fleet.Manager.Scheduling;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>A render from request to answer: check, join or queue, dispatch.</summary>
internal sealed partial class RenderPipeline(
    RequestDrain drain,
    ConcurrencyGate gate,
    NestedRenderLimiter siblings,
    RequestCoalescer coalescer,
    Quarantine quarantine,
    FleetViews views,
    AllowedOrigins allowedOrigins,
    PrincipalScope scopes,
    RenderDispatcher dispatcher,
    ManagerMetrics metrics,
    IOptions<ManagerOptions> options,
    TimeProvider timeProvider,
    ILogger<RenderPipeline> logger)
{
    /// <summary>How old a view may be that says a URL is not of this fleet. A realm may have been announced a moment ago; a stream of
    /// wrong URLs must not become a stream of reads.</summary>
    private static readonly TimeSpan s_freshEnough = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait for such a view.</summary>
    private static readonly TimeSpan s_readPatience = TimeSpan.FromSeconds(1);

    /// <param name="call">What is asked for, and by whom.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    public async Task<RenderAnswer> RenderAsync(RenderCall call, CancellationToken cancellationToken)
    {
        using var activity = ManagerActivity.Source.StartActivity("render");
        activity?.SetTag("fleet.request_id", call.RequestId);
        var started = timeProvider.GetTimestamp();

        RenderAnswer? answer = null;
        try
        {
            return answer = await CheckAndRenderAsync(call, cancellationToken);
        }
        finally
        {
            var duration = timeProvider.GetElapsedTime(started);
            metrics.Answered(answer, duration);
            var outcome = answer?.RenderError?.Reason ?? answer?.Content?.Outcome.ToString() ?? "cancelled";
            activity?.SetTag("fleet.outcome", outcome);
            LogAnswered(call.RequestId, outcome, duration.TotalMilliseconds);
        }
    }

    private async Task<RenderAnswer> CheckAndRenderAsync(RenderCall call, CancellationToken cancellationToken)
    {
        // A page may keep what it was told and use it when nobody waits for it any more: then it is a caller like others.
        var (request, cause) = (call.Request, call.Cause?.Expires > timeProvider.GetUtcNow() ? call.Cause : null);
        if (RenderRules.CheckForm(request) is { } wrong)
        {
            return wrong;
        }

        if (cause?.Depth == RenderLineage.MaxDepth)
        {
            return new RenderError(508, "too-deep", $"This render was caused by a render, {RenderLineage.MaxDepth} times over. No deeper chain is believed to end.");
        }

        var asked = TimeSpan.FromMilliseconds(request.DeadlineMs ?? RenderLimits.DefaultDeadlineMs);
        var deadline = new Deadline(timeProvider, call.Patience < asked ? call.Patience.Value : asked);
        var urgent = call with { Cause = cause, Request = request with { Priority = Math.Max(request.Priority, cause?.Priority ?? 0) } };
        using var ticket = drain.TryEnter();
        return ticket is null
            ? new RenderError(503, "draining", "This manager is stopping. Ask again: another, or its successor, will answer.") { RetryAfter = TimeSpan.FromSeconds(1) }
            : await PlaceAndRenderAsync(urgent, deadline, cancellationToken);
    }

    private async Task<RenderAnswer> PlaceAndRenderAsync(RenderCall call, Deadline deadline, CancellationToken cancellationToken)
    {
        var request = call.Request;
        var (affinity, refusal) = Place(call, views.Current);
        if (refusal is not null)
        {
            (affinity, refusal) = Place(call, await views.ReadFreshAsync(s_freshEnough, s_readPatience, cancellationToken));
        }

        if (refusal is not null && !views.IsSettled)
        {
            await views.SettleAsync(deadline.Left < options.Value.DiscoveryWait ? deadline.Left : options.Value.DiscoveryWait, cancellationToken);
            (affinity, refusal) = Place(call, views.Current);
        }

        if (refusal is not null)
        {
            return views.IsSettled ? refusal : UnavailableReason.NoRealms(wasRead: views.ReadAt is not null);
        }

        // A command is known by its user and key, whatever the credentials of the day.
        var scoped = call.Command is null ? scopes.Apply(affinity!, request.Credentials) : affinity!;
        var visit = new RenderOperation(request, scoped, call.RequestId, deadline, call.Cause, call.Screenshot, call.Command, call.Document) { AttemptsLeft = call.AttemptsLeft ?? int.MaxValue };
        if (quarantine.Check(visit, views.Current.Shell?.Token) is { } quarantined)
        {
            return quarantined;
        }

        return await coalescer.RunAsync(
            visit,
            (its, nobodyWaits) => siblings.RunAsync(
                its, () => gate.RunAsync(its, () => dispatcher.RenderAsync(its, nobodyWaits), nobodyWaits), nobodyWaits),
            cancellationToken);
    }

    /// <summary>The affinity of a request, or why it has none.</summary>
    private (string? Affinity, RenderError? RenderError) Place(RenderCall call, FleetView view)
    {
        var url = new Uri(call.Request.Url);
        if (RenderRules.CheckAllowed(url, allowedOrigins.With(view.Realms)) is { } notAllowed)
        {
            return (null, notAllowed);
        }

        var found = RenderRules.FindAffinity(url, view.Places, allowedOrigins.IsOnlyConfigured(url, view.Realms));
        return !AffinityKey.TryParse(call.Request.Affinity, out var named) ? found is null ? (null, RenderRules.NoRealm(url, view.Realms)) : (found, null)
            : call.HasKey || RenderRules.CanUseAffinity(named, url, found) ? (named.ToString(), null)
            : (null, RenderRules.NamedWithoutKey(named, found));
    }

    [LoggerMessage(LogLevel.Debug, "Render {RequestId}: {Outcome} in {DurationMs:F0} ms.")]
    private partial void LogAnswered(string requestId, string outcome, double durationMs);
}
