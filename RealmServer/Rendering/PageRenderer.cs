using System.Diagnostics;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Renders a page through the manager and stores the result if it may be stored.</summary>
internal sealed class PageRenderer(
    ManagerClient manager, PageAcceptance acceptance, PageFailures failures, CardFiles cards, ReadKeys keys, IOptions<IndexOptions> options, TimeProvider timeProvider)
{
    /// <summary>Whether the manager's address is set.</summary>
    public bool IsConfigured => manager.IsConfigured;

    /// <summary>Throws a <see cref="ManagerUnavailableException"/> unless the manager can render now.</summary>
    public Task EnsureReadyAsync(CancellationToken cancellationToken) => manager.EnsureReadyAsync(cancellationToken);

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
        activity?.SetTag("fleet.affinity", source.Affinity.ToString()).SetTag("fleet.urgency", urgency.ToString()).SetTag("fleet.rendition", source.Rendition.ToString());
        var version = failures.VersionOf(source);
        var call = new ManagerCall(urgency, Guid.NewGuid().ToString("N"), within ?? options.Value.RenderDeadline);
        var outcome = await TryRenderAsync(source, version, basis, call, cancellationToken) with { RenderId = call.Id };
        activity?.SetTag("fleet.outcome", outcome.GetType().Name);
        failures.Note(source, version, outcome);
        return outcome;
    }

    private async Task<PageOutcome> TryRenderAsync(PageSource source, PageVersion version, RenderBasis basis, ManagerCall call, CancellationToken cancellationToken)
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
    private async Task<PageOutcome> RenderAsync(PageSource source, string sourceTag, RenderBasis basis, ManagerCall call, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetUtcNow().UtcTicks;
        var result = await manager.RenderAsync(CreateRequest(source, call), call.Id, call.Deadline, cancellationToken);
        return await acceptance.AcceptAsync(source, sourceTag, result, basis, startedAt, cancellationToken);
    }

    /// <summary>The priority of a render at the manager. Any client can name a crawler in its User-Agent, so an unverified one has the priority of a visitor.</summary>
    internal static int PriorityOf(RenderUrgency urgency) => urgency switch
    {
        RenderUrgency.Index => 0,
        RenderUrgency.Verified => 10,
        _ => 5,
    };

    private RenderRequest CreateRequest(PageSource source, ManagerCall call) => new()
    {
        Url = source.Url,
        // Explicit, since the manager may not know a new realm yet, and routes are in no realm.
        Affinity = source.Affinity.ToString(),
        Device = RenditionRules.DeviceOf(source.Rendition),
        Credentials = source.Realm is { } realm ? keys.CredentialsFor(realm) : null,
        DeadlineMs = (int)call.Deadline.TotalMilliseconds,
        Priority = PriorityOf(call.Urgency),
    };
}

/// <summary>One call of the manager.</summary>
/// <param name="Urgency">The urgency.</param>
/// <param name="Id">The render's id in the logs of all services.</param>
/// <param name="Deadline">The timeout.</param>
internal readonly record struct ManagerCall(RenderUrgency Urgency, string Id, TimeSpan Deadline);

/// <summary>The activity source of the realm server.</summary>
internal static class RealmActivity
{
    public static ActivitySource Source { get; } = new("Fleet.RealmServer");
}
