using System.ComponentModel;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Fleet.Contracts;
using Fleet.Manager.Jobs;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Registry;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Endpoints;

/// <summary>Routes for long work in the background.</summary>
internal static class JobEndpoints
{
    private const int MaxLimit = 1_000;
    private const int DefaultLimit = 100;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_repeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_retryWhenFull = TimeSpan.FromSeconds(30);

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/jobs").WithTags("Jobs").RequireAdminKey().RejectUnknownParameters().AddEndpointFilter(ReportRegistryAsync);

        jobs.MapPost("", CreateAsync).WithMetadata(new RequestSizeLimitAttribute(JobLimits.MaxBodyBytes))
            .WithName("CreateJob").WithSummary("Starts long work in the background: a list of URLs, a sitemap, a crawl, or a recache.")
            .WithDescription("Repeating an Idempotency-Key returns the job of the first call.")
            .Produces<JobStatus>(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(413).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503);

        jobs.MapMethods("", GetAndHead.Methods, ListAsync).WithName("Jobs").WithSummary("The jobs, the newest first.")
            .Produces<JobList>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(503);

        jobs.MapMethods("/{id}", GetAndHead.Methods, ReadAsync).WithName("Job").WithSummary("A job: state, counts, rate, time left.")
            .Produces<JobStatus>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(503);

        jobs.MapMethods("/{id}/results", GetAndHead.Methods, ResultsAsync).WithName("JobResults").WithSummary("What became of each URL, in the order in which they were done.")
            .Produces<JobResults>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(503);

        jobs.MapGet("/{id}/events", WatchAsync).WithName("JobEvents")
            .WithSummary("The job as server-sent events: on every change, at most once a second, and at least every 10 seconds. Ends with the job, or after 10 minutes.")
            .ProducesProblem(401).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);

        jobs.MapDelete("/{id}", CancelAsync).WithName("CancelJob").WithSummary("Cancels a job. Repeating it is harmless.")
            .Produces<JobStatus>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<Results<Accepted<JobStatus>, ProblemHttpResult>> CreateAsync(
        JobRequest request, HttpContext http, IJobStore store, JobRunner runner, AllowedOrigins origins, FleetViews views, IOptions<JobsOptions> options,
        [Description("Identifies this request: 1 to 128 visible ASCII characters. Default: none.")] [FromHeader(Name = FleetHeaders.IdempotencyKey)] string? key,
        CancellationToken cancellationToken)
    {
        var allowed = origins.With(views.Current.Realms);
        request = Normalize(request, allowed);
        List<FieldError> errors = [.. JobRequestRules.Check(request, new(options.Value.Webhooks))];
        if (JobRequestRules.CheckKey(key) is { } keyError)
        {
            errors.Add(keyError);
        }

        if (errors.Count > 0)
        {
            return RenderRules.Invalid(errors).ToProblem(http.Response);
        }

        if (JobRequestRules.OriginOf(request) is { } start && RenderRules.CheckAllowed(new(start), allowed, isTrusted: true) is { } notAllowed)
        {
            return notAllowed.ToProblem(http.Response);
        }

        var (definition, items) = JobRequestRules.Define(request);
        var jobKey = key is null ? null : new JobKey(key, JobRequestRules.FingerprintOf(request), options.Value.Keep);
        var creation = await store.CreateAsync(Guid.CreateVersion7().ToString("N"), definition, items, jobKey, options.Value.MaxQueued, cancellationToken);
        runner.Wake();
        return ErrorOf(creation, options.Value) is { } refused ? refused.ToProblem(http.Response)
            : await store.GetAsync(creation.Id!, cancellationToken) is { } job ? TypedResults.Accepted($"/jobs/{job.Id}", JobProgress.Of(job))
            : NotFound(creation.Id!, options.Value).ToProblem(http.Response);
    }

    /// <summary>Why a job was not created; null if it was.</summary>
    internal static RenderError? ErrorOf(JobCreation creation, JobsOptions options) => creation.Outcome switch
    {
        JobCreationOutcome.Full => new RenderError(429, "too-many-jobs", $"{options.MaxQueued} jobs have not ended yet, the maximum (Jobs:MaxQueued).") { RetryAfter = s_retryWhenFull },
        JobCreationOutcome.KeyReused => new RenderError(422, "key-reused", $"The {FleetHeaders.IdempotencyKey} was used for a different request."),
        _ => null,
    };

    private static async Task<Results<Ok<JobList>, ProblemHttpResult>> ListAsync(
        [Description("'next' of the previous answer. Default: the newest jobs.")] string? cursor,
        [Description("1 to 1000. Default: 100.")] int? limit,
        HttpContext http, IJobStore store, CancellationToken cancellationToken)
    {
        if (CheckLimit(limit) is { } error)
        {
            return RenderRules.Invalid([error]).ToProblem(http.Response);
        }

        // Ids sort by time of creation.
        var ids = (await store.ListAsync(cancellationToken)).Order(StringComparer.Ordinal).Reverse().Where(id => cursor is null || string.CompareOrdinal(id, cursor) < 0).ToList();
        var shown = ids.Take(limit ?? DefaultLimit).ToList();
        var jobs = await Task.WhenAll(shown.Select(id => store.GetAsync(id, cancellationToken)));
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new JobList([.. jobs.OfType<JobRecord>().Select(JobProgress.Of)], ids.Count > shown.Count ? shown[^1] : null));
    }

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> ReadAsync(string id, HttpContext http, IJobStore store, IOptions<JobsOptions> options, CancellationToken cancellationToken)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await store.GetAsync(id, cancellationToken) is { } job ? TypedResults.Ok(JobProgress.Of(job)) : NotFound(id, options.Value).ToProblem(http.Response);
    }

    private static async Task<Results<Ok<JobResults>, ProblemHttpResult>> ResultsAsync(
        string id,
        [Description("'next' of the previous answer. Default: the first results.")] string? cursor,
        [Description("1 to 1000. Default: 100.")] int? limit,
        HttpContext http, IJobStore store, IOptions<JobsOptions> options, CancellationToken cancellationToken)
    {
        var first = 0;
        var cursorError = cursor is null || (int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out first) && first <= JobLimits.MaxUrls)
            ? null : new FieldError("cursor", $"'cursor' is {Quoted.Of(cursor)}: it must be the 'next' of an earlier answer.");
        if (new[] { cursorError, CheckLimit(limit) }.OfType<FieldError>().ToList() is { Count: > 0 } errors)
        {
            return RenderRules.Invalid(errors).ToProblem(http.Response);
        }

        // Read the job before its results: if it had ended by then, the results are complete.
        if (await store.GetAsync(id, cancellationToken) is not { } job)
        {
            return NotFound(id, options.Value).ToProblem(http.Response);
        }

        http.Response.Headers.CacheControl = "no-store";
        var results = await store.ReadResultsAsync(id, first, limit ?? DefaultLimit, cancellationToken);
        var next = first + results.Count;
        return TypedResults.Ok(new JobResults(results, job.HasEnded && next >= job.Done ? null : next.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Results<ServerSentEventsResult<JobStatus>, ProblemHttpResult>> WatchAsync(
        string id, HttpContext http, IJobStore store, IOptions<JobsOptions> options, StreamLimiter limiter, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(id, cancellationToken) is null)
        {
            return NotFound(id, options.Value).ToProblem(http.Response);
        }

        if (limiter.Enter(http, "GET /jobs/{id}") is { } full)
        {
            return full;
        }

        return TypedResults.ServerSentEvents(limiter.LimitAsync(token => EventsAsync(id, store, timeProvider, token), cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<JobStatus>> EventsAsync(
        string id, IJobStore store, TimeProvider timeProvider, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobStatus? sent = null;
        var sentAt = timeProvider.GetTimestamp();
        while (await TryReadAsync(id, store, cancellationToken) is (true, var job))
        {
            // The rate changes with time; that alone is not sent as a change.
            if (job is not null && (WithoutRate(job) != WithoutRate(sent) || timeProvider.GetElapsedTime(sentAt) >= s_repeat))
            {
                (sent, sentAt) = (job, timeProvider.GetTimestamp());
                yield return new SseItem<JobStatus>(job, "job") { ReconnectionInterval = s_look };
            }

            if (job?.EndedAt is not null || !await PauseAsync(timeProvider, cancellationToken))
            {
                yield break;
            }
        }
    }

    private static JobStatus? WithoutRate(JobStatus? job) => job is null ? null : job with { UrlsPerSecond = null, SecondsLeft = null };

    // GoesOn is false when the job no longer exists or the stream ends. Job is null while Redis is unavailable.
    private static async Task<(bool GoesOn, JobStatus? Job)> TryReadAsync(string id, IJobStore store, CancellationToken cancellationToken)
    {
        try
        {
            var job = await store.GetAsync(id, cancellationToken);
            return (job is not null, job is null ? null : JobProgress.Of(job));
        }
        catch (RegistryUnavailableException)
        {
            return (true, null);
        }
        catch (OperationCanceledException)
        {
            return (false, null);
        }
    }

    private static async Task<bool> PauseAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        await Task.Delay(s_look, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    private static async Task<Results<Ok<JobStatus>, ProblemHttpResult>> CancelAsync(string id, HttpContext http, IJobStore store, IOptions<JobsOptions> options, CancellationToken cancellationToken)
    {
        await store.EndAsync(id, JobState.Cancelled, "cancelled", "An operator cancelled it.", options.Value.Keep, cancellationToken);
        return await ReadAsync(id, http, store, options, cancellationToken);
    }

    private static JobRequest Normalize(JobRequest request, OriginAllowList allowed) => request with
    {
        Sitemap = request.Sitemap is { } sitemap ? allowed.Normalize(sitemap) : null,
        Crawl = request.Crawl is { Start: { } start } crawl ? crawl with { Start = allowed.Normalize(start) } : request.Crawl,
        Recache = request.Recache is { Sitemap: { } ofPages } recache ? recache with { Sitemap = allowed.Normalize(ofPages) } : request.Recache,
    };

    private static FieldError? CheckLimit(int? limit) => limit is < 1 or > MaxLimit ? new("limit", $"'limit' is {limit}: it must be between 1 and {MaxLimit}.") : null;

    private static RenderError NotFound(string id, JobsOptions options) =>
        new(404, "no-such-job", $"There is no job {Quoted.Of(id)}. A job is kept for {options.KeepHours} h after its end (Jobs:KeepHours). GET /jobs lists the jobs.");

    internal static async ValueTask<object?> ReportRegistryAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (RegistryUnavailableException e)
        {
            return new RenderError(503, "registry-away", e.Message) { RetryAfter = RegistryTtl.Repeat }.ToProblem(invocation.HttpContext.Response);
        }
    }
}
