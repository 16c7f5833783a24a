using System.Diagnostics;
using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Has one page rendered and stores what may be stored.</summary>
internal sealed class PageRenderer(
    ManagerClient manager, PageWriter keeping, PageFailures failures, CardFiles cards, ReadKeys keys, HostShellFile shell, HostShellClaims claims,
    IOptions<IndexOptions> options, RealmMetrics metrics, TimeProvider timeProvider)
{
    private const string Capped = "capped";

    /// <param name="source">The page.</param>
    /// <param name="basis">What is known of it, looked at before this call.</param>
    /// <param name="urgency">How urgent it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ManagerUnavailableException">Nobody can render now.</exception>
    /// <exception cref="Registry.RegistryUnavailableException">Nothing can be stored now.</exception>
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

            // A card that is no JSON is not worth a render.
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
            // Not the content's word: the manager may not have heard of the realm yet.
            return new PageOutcome.Unresolved(e.Message);
        }
    }

    // Once: the manager has tried what can be tried now. What is not resolved, the next pass of the index or a later visit has rendered again.
    private async Task<PageOutcome> RenderAsync(PageSource source, string sourceTag, RenderBasis basis, RenderUrgency urgency, CancellationToken cancellationToken)
    {
        var began = timeProvider.GetUtcNow().UtcTicks;
        var result = await manager.RenderAsync(Request(source, urgency), options.Value.RenderDeadline, cancellationToken);
        var page = Page(source, sourceTag, result, basis.FingerprintOf(source, result.Deps), basis, began);
        var action = StoreDecision.For(result, claims.FleetShell?.Generation);
        metrics.Decided(action);
        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain && result.Diagnostics?.Stability == Capped)
        {
            // Possibly half a page: good for the caller who waits, not to be kept.
            return new PageOutcome.Unresolved(
                "The page did not come to rest before Rendering:SettleTimeout. Let it set window.prerenderReady to true once it is complete.", page, result.Diagnostics);
        }

        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain && ShowsNothing(result))
        {
            return new PageOutcome.Unresolved(
                "The page shows nothing but what index.html has: its app did not start. Are the scripts that index.html names there?", Diagnostics: result.Diagnostics);
        }

        switch (action)
        {
            case StoreAction.Store:
                return await keeping.StoreAsync(source, page, cancellationToken);
            case StoreAction.StoreAndRenderAgain:
                await keeping.StoreAsync(source, page, cancellationToken);
                return new PageOutcome.Unresolved("The page that is stored was rendered on another shell than the current one.", page);
            // A page that was late may have met a slow hour of its machine.
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

    private RenderRequest Request(PageSource source, RenderUrgency urgency) => new()
    {
        Url = source.Url,
        // Named, since the manager may not have heard of a new realm yet, and routes are in none.
        Affinity = source.Affinity.ToString(),
        Credentials = source.Realm is { } realm ? keys.CredentialsFor(realm) : null,
        DeadlineMs = (int)options.Value.RenderDeadline.TotalMilliseconds,
        Priority = (int)urgency,
    };

    private StoredPage Page(PageSource source, string sourceTag, RenderResult result, DependencyFingerprint seen, RenderBasis basis, long began) => new()
    {
        Realm = source.RealmUrl,
        Url = source.Url,
        Status = result.Status == 0 ? StatusCodes.Status200OK : result.Status,
        RedirectUrl = result.RedirectUrl,
        Formats = result.Formats,
        Data = result.Data?.GetRawText(),
        Deps = result.Deps,
        Seen = seen,
        SourceVersion = basis.VersionOfRender(seen, began),
        // A shell that the renderer never knew as the current one has no generation; the lowest lets any other result replace it.
        Generation = result.Shell?.Generation ?? 0,
        ShellToken = result.Shell?.Token ?? "",
        RenderedAt = timeProvider.GetUtcNow(),
        ETag = PageETag.Of(sourceTag, result),
    };
}

/// <summary>The source of the realm server's spans.</summary>
internal static class RealmActivity
{
    public static ActivitySource Source { get; } = new("Fleet.RealmServer");
}

/// <summary>How urgent a render is, as the fleet's priority.</summary>
internal enum RenderUrgency
{
    /// <summary>Ahead of anybody who asks.</summary>
    Index = 0,

    /// <summary>Somebody got the shell or an older page; the next one shall have it.</summary>
    Visited = 5,

    /// <summary>A crawler waits.</summary>
    Awaited = 10,
}
