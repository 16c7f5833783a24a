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
    /// <param name="cancellationToken">Cancels the render.</param>
    /// <exception cref="ManagerUnavailableException">The manager cannot render now.</exception>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable, so nothing can be stored.</exception>
    public async Task<PageOutcome> RenderAsync(PageSource source, RenderBasis basis, RenderUrgency urgency, CancellationToken cancellationToken)
    {
        using var activity = RealmActivity.Source.StartActivity("render page");
        activity?.SetTag("fleet.affinity", source.Affinity.ToString()).SetTag("fleet.urgency", urgency.ToString());
        var version = failures.VersionOf(source);
        var outcome = await TryRenderAsync(source, version, basis, urgency, cancellationToken);
        activity?.SetTag("fleet.outcome", outcome.GetType().Name);
        failures.Note(source, version, outcome);
        return outcome;
    }

    private async Task<PageOutcome> TryRenderAsync(PageSource source, PageVersion version, RenderBasis basis, RenderUrgency urgency, CancellationToken cancellationToken)
    {
        try
        {
            if (source.Realm is null)
            {
                return await RenderAsync(source, "", basis, urgency, cancellationToken);
            }

            // Reading the card validates it: a card that is not JSON is not rendered.
            return await cards.ReadAsync(source.Realm, source.CardId, cancellationToken) is { } card
                ? await RenderAsync(source, card.ETag, basis, urgency, cancellationToken)
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
    private async Task<PageOutcome> RenderAsync(PageSource source, string sourceTag, RenderBasis basis, RenderUrgency urgency, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetUtcNow().UtcTicks;
        var result = await manager.RenderAsync(CreateRequest(source, urgency), options.Value.RenderDeadline, cancellationToken);
        var page = CreatePage(source, sourceTag, result, basis.FingerprintOf(source, result.Deps), basis, startedAt);
        var action = StoreDecision.For(result, claims.FleetShell?.Generation);
        metrics.Decided(action);
        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain && result.Diagnostics?.Stability == Capped)
        {
            // Possibly incomplete: good enough for a waiting crawler, but not to be stored.
            return new PageOutcome.Unresolved(
                "The page did not settle before Rendering:SettleTimeout. Let it set window.prerenderReady to true once it is complete.", page, result.Diagnostics);
        }

        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain && ShowsNothing(result))
        {
            return new PageOutcome.Unresolved(
                "The page shows nothing beyond index.html: its app did not start. Check that the scripts that index.html references exist.", Diagnostics: result.Diagnostics);
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
                return new PageOutcome.Unresolved(StoreDecision.Reason(result), Diagnostics: result.Diagnostics);
        }
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

    private RenderRequest CreateRequest(PageSource source, RenderUrgency urgency) => new()
    {
        Url = source.Url,
        // Explicit, since the manager may not know a new realm yet, and routes are in no realm.
        Affinity = source.Affinity.ToString(),
        Credentials = source.Realm is { } realm ? keys.CredentialsFor(realm) : null,
        DeadlineMs = (int)options.Value.RenderDeadline.TotalMilliseconds,
        Priority = (int)urgency,
    };

    private StoredPage CreatePage(PageSource source, string sourceTag, RenderResult result, DependencyFingerprint seen, RenderBasis basis, long startedAt) => new()
    {
        Realm = source.RealmUrl,
        Url = source.Url,
        Status = result.Status == 0 ? StatusCodes.Status200OK : result.Status,
        RedirectUrl = result.RedirectUrl,
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
