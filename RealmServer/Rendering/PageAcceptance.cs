using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.HostShells;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>Decides whether the result of a render is a page, and stores it if it may be stored.</summary>
internal sealed class PageAcceptance(PageWriter writer, HostShellFile shell, HostShellClaims claims, RealmMetrics metrics, TimeProvider timeProvider)
{
    /// <summary>Judges a result and stores the page.</summary>
    /// <param name="source">The page's source.</param>
    /// <param name="sourceTag">ETag of the card that was rendered; empty for a route.</param>
    /// <param name="result">The result.</param>
    /// <param name="basis">What was known of the stored page before the render.</param>
    /// <param name="startedAt">Start of the render, in ticks of UTC.</param>
    /// <param name="cancellationToken">Cancels the store.</param>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable, so nothing can be stored.</exception>
    public async Task<PageOutcome> AcceptAsync(
        PageSource source, string sourceTag, RenderResult result, RenderBasis basis, long startedAt, CancellationToken cancellationToken)
    {
        var page = CreatePage(source, sourceTag, result, basis.FingerprintOf(source, result.Deps), basis, startedAt, timeProvider.GetUtcNow());
        var action = StoreDecision.For(result, claims.FleetShell?.Generation);
        metrics.Decided(action);
        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain or StoreAction.RecordFailure
            && PageStatus.ProblemOf(result) is { } problem)
        {
            return new PageOutcome.Unresolved(problem, Diagnostics: result.Diagnostics);
        }

        if (action is StoreAction.Store or StoreAction.StoreAndRenderAgain)
        {
            if (ShowsNothing(source, result))
            {
                return new PageOutcome.Unresolved(
                    "The page shows nothing beyond index.html: its app did not start. Check that the scripts that index.html references exist.", Diagnostics: result.Diagnostics)
                { IsLate = result.Diagnostics?.Stability == RenderStability.Capped };
            }

            if (await writer.CircleOfAsync(page, cancellationToken) is { } circle)
            {
                var sentence = $"The redirects lead in a circle: {string.Join(", ", circle)}.";
                return new PageOutcome.Failed(sentence, page.Generation, Diagnostics: result.Diagnostics) { Detail = sentence };
            }

            if (result.Diagnostics?.MissingContent is { } request)
            {
                // The page may show an error of its API: good enough for a waiting crawler, but not to be stored.
                return new PageOutcome.Unresolved($"A request of the page failed: {request}.", page, result.Diagnostics);
            }

            if (result.Diagnostics?.Stability == RenderStability.Capped)
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

    private bool ShowsNothing(PageSource source, RenderResult result)
    {
        if (result.RedirectUrl is not null)
        {
            return false;
        }

        if (result.Formats.TryGetValue(RenderFormat.Isolated, out var body))
        {
            return !ShownContent.IsIn(body);
        }

        return result.Formats.TryGetValue(RenderFormat.Html, out var html) && ShownContent.Of(html) is var shown
            && (shown.Length == 0 || (shown == ShownContent.Of(Encoding.UTF8.GetString(shell.Current.Bare.Span)) && !IsWholeAsBuilt(source, result)));
    }

    // A document of the route's own may be complete without scripts. The unchanged index.html counts as a page only at "/", and only without signs that its app did not start.
    private static bool IsWholeAsBuilt(PageSource source, RenderResult result) => source.IsBuilt
        || (source.Url == source.RealmUrl && result.Diagnostics is null or { Stability: not RenderStability.Capped, Console.Count: 0, FailedRequests.Count: 0 });

    private static StoredPage CreatePage(PageSource source, string sourceTag, RenderResult result, DependencyFingerprint seen, RenderBasis basis, long startedAt, DateTimeOffset endedAt) => new()
    {
        Realm = source.Scope,
        Url = source.Url,
        Status = result.Status == 0 ? StatusCodes.Status200OK : result.Status,
        RedirectUrl = result.RedirectUrl,
        Headers = PageHeaderRules.Passed(result.Headers),
        IsNoIndex = PageHeaders.IsNoIndex(result),
        Formats = result.Formats,
        Data = result.Data?.GetRawText(),
        Deps = result.Deps,
        Seen = seen,
        SourceVersion = basis.VersionOfRender(seen, startedAt),
        // A shell that the prerender server never saw as current has no generation. With 0, any other result replaces the page.
        Generation = result.Shell?.Generation ?? 0,
        ShellToken = result.Shell?.Token ?? "",
        RenderedAt = endedAt,
        StartedAt = StartOf(startedAt, endedAt, result.Timings),
        ETag = PageETag.Of(sourceTag, result),
    };

    /// <summary>When a render began. The manager may have answered with a render that was in progress already, which began earlier than the request.</summary>
    internal static DateTimeOffset StartOf(long requestedAt, DateTimeOffset endedAt, RenderTimings timings)
    {
        var (requested, began) = (new DateTimeOffset(requestedAt, TimeSpan.Zero), endedAt - TimeSpan.FromMilliseconds(timings.BootMs + timings.RenderMs + timings.CaptureMs));
        return began < requested ? began : requested;
    }
}
