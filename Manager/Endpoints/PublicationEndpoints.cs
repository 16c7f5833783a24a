using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Manager.Jobs;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Endpoints;

/// <summary>Routes that say when pages of the site are fresh on the current host shell. A publication is a job, so it survives what jobs survive.</summary>
internal static class PublicationEndpoints
{
    private static readonly TimeSpan s_maxViewAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retryWhenNotDeployed = TimeSpan.FromSeconds(2);

    public static void MapPublications(this IEndpointRouteBuilder routes)
    {
        var publications = routes.MapGroup("/publications").WithTags("Publications").RequireAdminKey().RejectUnknownParameters().AddEndpointFilter(JobEndpoints.ReportRegistryAsync);

        publications.MapPost("", CreateAsync).WithMetadata(new RequestSizeLimitAttribute(JobLimits.MaxBodyBytes))
            .WithName("CreatePublication").WithSummary("Has pages rendered that are not fresh on the current host shell, and says when all of them are.")
            .WithDescription("200 if it has ended, otherwise 202. Repeating an Idempotency-Key returns the publication of the first call.")
            .Produces<Publication>().Produces<Publication>(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(409).ProducesProblem(413).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503);

        publications.MapMethods("/{id}", GetAndHead.Methods, ReadAsync).WithName("Publication").WithSummary("A publication: its state, and the pages that are not fresh.")
            .Produces<Publication>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);

        publications.MapDelete("/{id}", CancelAsync).WithName("CancelPublication").WithSummary("Cancels a publication. Repeating it is harmless.")
            .Produces<Publication>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<IResult> CreateAsync(
        PublicationRequest request,
        [Description("Seconds to wait for the end, and before that for a generation after 'since'; 0 to 60. Default: 0.")] int? wait,
        HttpContext http, PublicationWaits waits, IJobStore store, JobRunner runner, FleetViews views, IOptions<JobsOptions> options, TimeProvider timeProvider,
        [Description("Identifies this request: 1 to 128 visible ASCII characters. Default: none.")] [FromHeader(Name = FleetHeaders.IdempotencyKey)] string? key,
        CancellationToken cancellationToken)
    {
        List<FieldError> errors =
        [
            .. PublicationRules.Check(request, new(options.Value.Webhooks), timeProvider.GetUtcNow()),
            .. new[] { PublicationRules.CheckWait(wait), JobRequestRules.CheckKey(key) }.OfType<FieldError>(),
        ];
        if (errors.Count > 0)
        {
            return RenderRules.Invalid(errors).ToProblem(http.Response);
        }

        if (wait > 0 && waits.Enter(http) is { } full)
        {
            return full;
        }

        var deadline = DeadlineOf(wait, timeProvider);
        if (await GenerationAsync(views, request.Since, deadline, timeProvider, waits.Stopping, cancellationToken) is not { } generation)
        {
            return (waits.Stopping.IsCancellationRequested ? RenderRules.Draining : NotDeployed(request.Since, views.Current.Shell?.Generation)).ToProblem(http.Response);
        }

        var (definition, items) = PublicationRules.Define(request, generation);
        var jobKey = key is null ? null : new JobKey(key, JobRequestRules.FingerprintOf(request), options.Value.Keep);
        var creation = await store.CreateAsync(Guid.CreateVersion7().ToString("N"), definition, items, jobKey, options.Value.MaxQueued, cancellationToken);
        runner.Wake();
        if (JobEndpoints.ErrorOf(creation, options.Value) is { } refused)
        {
            return refused.ToProblem(http.Response);
        }

        http.Response.Headers.Location = $"/publications/{creation.Id}";
        return await waits.ForEndAsync(creation.Id!, deadline, cancellationToken) is { } publication
            ? TypedResults.Json(publication, statusCode: publication.EndedAt is null ? StatusCodes.Status202Accepted : StatusCodes.Status200OK)
            : NotFound(creation.Id!, options.Value).ToProblem(http.Response);
    }

    private static async Task<IResult> ReadAsync(
        string id,
        [Description("Seconds to wait for the end, 0 to 60. Default: 0.")] int? wait,
        HttpContext http, PublicationWaits waits, IOptions<JobsOptions> options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (PublicationRules.CheckWait(wait) is { } error)
        {
            return RenderRules.Invalid([error]).ToProblem(http.Response);
        }

        http.Response.Headers.CacheControl = "no-store";
        return wait > 0 && waits.Enter(http) is { } full ? full
            : await waits.ForEndAsync(id, DeadlineOf(wait, timeProvider), cancellationToken) is { } publication ? TypedResults.Ok(publication)
            : NotFound(id, options.Value).ToProblem(http.Response);
    }

    private static async Task<IResult> CancelAsync(
        string id, HttpContext http, PublicationWaits waits, IJobStore store, IOptions<JobsOptions> options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        // The id may be that of another kind of job.
        if (await waits.ForEndAsync(id, DeadlineOf(null, timeProvider), cancellationToken) is not null)
        {
            await store.EndAsync(id, JobState.Cancelled, "cancelled", "An operator cancelled it.", options.Value.Keep, cancellationToken);
        }

        return await ReadAsync(id, null, http, waits, options, timeProvider, cancellationToken);
    }

    /// <summary>The generation on which the pages must be fresh: the current one, which must be later than <paramref name="since"/>. Null if it is not in time, or the manager
    /// stops.</summary>
    private static async Task<long?> GenerationAsync(
        FleetViews views, long? since, Deadline deadline, TimeProvider timeProvider, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await views.ReadFreshAsync(s_maxViewAge, s_maxViewAge, either.Token);
            while (true)
            {
                var next = views.NextRead;
                if (views.Current.Shell is { Generation: var current } && current > (since ?? -1))
                {
                    return current;
                }

                if (deadline.Left <= TimeSpan.Zero || !await BoundedWait.ForAsync(next, deadline.Left, timeProvider, either.Token))
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Deadline DeadlineOf(int? wait, TimeProvider timeProvider) => new(TimeSpan.FromSeconds(wait ?? 0), timeProvider);

    private static RenderError NotDeployed(long? since, long? current) => (current is null
        ? new RenderError(503, "warming", "No realm server has announced a host shell yet.")
        : new RenderError(409, "not-deployed", $"'since' is {since}, and the current generation of the host shell is {current}: no later one is known yet. Repeat the request, or give 'wait'."))
        with { RetryAfter = s_retryWhenNotDeployed };

    private static RenderError NotFound(string id, JobsOptions options) =>
        new(404, "no-such-publication", $"There is no publication {Quoted.Of(id)}. A publication is kept for {options.KeepHours} h after its end (Jobs:KeepHours).");
}
