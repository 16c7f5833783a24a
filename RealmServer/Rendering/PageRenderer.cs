using System.Diagnostics;
using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Renders a page through the manager and stores the result if it may be stored.</summary>
internal sealed class PageRenderer(
    ManagerClient manager, PageWriter writer, PageFailures failures, CardFiles cards, ReadKeys keys, HostShellFile shell, HostShellClaims claims,
    IOptions<IndexOptions> options, RealmMetrics metrics, TimeProvider timeProvider)
{
    private const string Capped = "capped";

    /// <summary>Renders a page.</summary>
    /// <param name="source">The page's source.</param>
    /// <param name="basis">What is known of the stored page and its dependencies, read before this call.</param>
    /// <param name="urgency">The urgency of the render.</param>
    /// <param name="within">Timeout of the render; null for <c>Index:RenderDeadline</c>.</param>
    /// <param name="cancellationToken">Cancels the render.</param>
    /// <exception cref="ManagerUnavailableException">The manager cannot render now.</exception>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable, so nothing can be stored.</exception>
    public async Task<PageOutcome> RenderAsync(PageSource source, RenderBasis basis, RenderUrgency urgency, TimeSpan? within, CancellationToken cancellationToken)
    {
        using var activity = RealmActivity.Source.StartActivity("render page");
        activity?.SetTag("fleet.affinity", source.Affinity.ToString()).SetTag("fleet.urgency", urgency.ToString());
        var version = failures.VersionOf(source);
        var call = new RenderCall(urgency, Guid.NewGuid().ToString("N"), within ?? options.Value.RenderDeadline);
        var outcome = await TryRenderAsync(source, version, basis, call, cancellationToken) with { RenderId = call.Id };
        activity?.SetTag("fleet.outcome", outcome.GetType().Name);
        failures.Note(source, version, outcome);
        return outcome;
    }

    private async Task<PageOutcome> TryRenderAsync(PageSource source, PageVersion version, RenderBasis basis, RenderCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (source.Realm is null)
            {
                return await RenderAsync(source, "", basis, call, cancellationToken);
            }

            // Reading the card validates it: a card that is not JSON is not rendered.
            return await cards.ReadAsync(source.Realm, source.CardId, cancellationToken) is { } card
                ? await RenderAsync(source, card.ETag, basis, call, cancellationToken)
                : new PageOutcome.Gone();
        }
        catch (Exception e) when (e is CardException or PageTooLargeException)
        {
            return new PageOutcome.Failed(e.Message, version.Generation);
        }
        catch (RenderRefusedException e)
        {
            // Not a verdict on the content: the manager may not know the realm yet.
            return new PageOutcome.Unresolved(e.Message);
        }
    }

    // No retry here: the manager has already retried. Unresolved pages are rendered again by the next pass of the index or a later request.
    private async Task<PageOutcome> RenderAsync(PageSource source, string sourceTag, RenderBasis basis, RenderCall call, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetUtcNow().UtcTicks;
        var result = await manager.RenderAsync(CreateRequest(source, call), call.Id, call.Deadline, cancellationToken);
        var page = CreatePage(source, sourceTag, result, basis.FingerprintOf(source, result.Deps), basis, startedAt);
        var action = StoreDecision.For(result, claims.FleetShell?.Generation);
        metrics.Decided(action);
        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain or StoreAction.RecordFailure
            && PageStatus.ProblemOf(result) is { } problem)
        {
            return new PageOutcome.Unresolved(problem, Diagnostics: result.Diagnostics);
        }

        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain)
        {
            if (ShowsNothing(result))
            {
                return new PageOutcome.Unresolved(
                    "The page shows nothing beyond index.html: its app did not start. Check that the scripts that index.html references exist.", Diagnostics: result.Diagnostics)
                { IsLate = result.Diagnostics?.Stability == Capped };
            }

            if (OwnRequests.FailureOf(result) is { } request)
            {
                // The page may show an error of its API: good enough for a waiting crawler, but not to be stored.
                return new PageOutcome.Unresolved($"A request of the page to its own origin failed: {request}.", page, result.Diagnostics);
            }

            if (result.Diagnostics?.Stability == Capped)
            {
                return await KeepCappedAsync(source, page with { IsCapped = true }, basis, result.Diagnostics, cancellationToken);
            }
        }

        switch (action)
        {
            case StoreAction.Store:
                return await writer.StoreAsync(source, page, cancellationToken);
            case StoreAction.StoreAndRenderAgain:
                await writer.StoreAsync(source, page, cancellationToken);
                return new PageOutcome.Unresolved("The stored page was not rendered on the current shell.", page);
            // A timeout is not a verdict on the content: the machine may have been slow.
            case StoreAction.RecordFailure when result.Outcome != RenderOutcome.TimedOut:
                return new PageOutcome.Failed(StoreDecision.Reason(result), result.Shell?.Generation ?? 0, page, result.Diagnostics);
            default:
                return new PageOutcome.Unresolved(StoreDecision.Reason(result), Diagnostics: result.Diagnostics) { IsLate = result.Outcome == RenderOutcome.TimedOut };
        }
    }

    // Possibly incomplete: sent to a waiting crawler, and stored until Pages:CappedTtl has passed, unless a page is stored that is complete.
    private async Task<PageOutcome> KeepCappedAsync(PageSource source, StoredPage page, RenderBasis basis, RenderDiagnostics diagnostics, CancellationToken cancellationToken)
    {
        if (basis.Settled is not { } settled || settled.SourceVersion < source.Version || settled.Generation < page.Generation)
        {
            await writer.StoreAsync(source, page, cancellationToken);
        }

        return new PageOutcome.Unresolved(
            "The page did not settle in time and was captured as it was. Let it set window.prerenderReady to true once it is complete.", page, diagnostics)
        { IsLate = true };
    }

    private bool ShowsNothing(RenderResult result)
    {
        if (result.RedirectUrl is not null)
        {
            return false;
        }

        if (result.Formats.TryGetValue(RenderFormat.Isolated, out var body))
        {
            return ShownContent.Of(body).Length == 0;
        }

        return result.Formats.TryGetValue(RenderFormat.Html, out var html) && ShownContent.Of(html) is var shown
            && (shown.Length == 0 || shown == ShownContent.Of(Encoding.UTF8.GetString(shell.Current.Bare.Span)));
    }

    private RenderRequest CreateRequest(PageSource source, RenderCall call) => new()
    {
        Url = source.Url,
        // Explicit, since the manager may not know a new realm yet, and routes are in no realm.
        Affinity = source.Affinity.ToString(),
        Credentials = source.Realm is { } realm ? keys.CredentialsFor(realm) : null,
        DeadlineMs = (int)call.Deadline.TotalMilliseconds,
        Priority = (int)call.Urgency,
    };

    private StoredPage CreatePage(PageSource source, string sourceTag, RenderResult result, DependencyFingerprint seen, RenderBasis basis, long startedAt) => new()
    {
        Realm = source.RealmUrl,
        Url = source.Url,
        Status = result.Status == 0 ? StatusCodes.Status200OK : result.Status,
        RedirectUrl = result.RedirectUrl,
        Headers = PageHeaders.Passed(result.Headers),
        IsNoIndex = PageHeaders.IsNoIndex(result),
        Formats = result.Formats,
        Data = result.Data?.GetRawText(),
        Deps = result.Deps,
        Seen = seen,
        SourceVersion = basis.VersionOfRender(seen, startedAt),
        // A shell that the prerender server never saw as current has no generation. With 0, any other result replaces the page.
        Generation = result.Shell?.Generation ?? 0,
        ShellToken = result.Shell?.Token ?? "",
        RenderedAt = timeProvider.GetUtcNow(),
        ETag = PageETag.Of(sourceTag, result),
    };
}

/// <summary>One call of the manager.</summary>
/// <param name="Urgency">The urgency.</param>
/// <param name="Id">The render's id in the logs of all services.</param>
/// <param name="Deadline">The timeout.</param>
internal readonly record struct RenderCall(RenderUrgency Urgency, string Id, TimeSpan Deadline);

/// <summary>The activity source of the realm server.</summary>
internal static class RealmActivity
{
    public static ActivitySource Source { get; } = new("Fleet.RealmServer");
}

/// <summary>The urgency of a render. The value is the fleet's priority.</summary>
internal enum RenderUrgency
{
    /// <summary>Rendered in advance by the index.</summary>
    Index = 0,

    /// <summary>Rendered in the background for a request that got the shell or an older page.</summary>
    Visited = 5,

    /// <summary>Rendered while a crawler waits.</summary>
    Awaited = 10,
}
