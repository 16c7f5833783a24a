using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Documents;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>Renders a URL in a document of the same app and route that the page has kept, by navigating the app within the document. Where that is not possible, or the result is
/// unusual, the URL is loaded, and the answer is that of the full load.</summary>
internal sealed class SoftNavigation(
    DocumentRender document, SoftRender soft, SoftComparison comparison, SoftControl control, RenderingOptions options, HostAddress host, TimeProvider time)
{
    private static readonly RenderFormat[] s_formats = [RenderFormat.Html];

    private readonly ConditionalWeakTable<IRenderPage, KeptDocument> _kept = [];

    /// <summary>Renders the URL.</summary>
    public async Task<PageAnswer> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        if (KeptFor(page, operation) is not { } kept || control.Plan(kept.Key) is not { IsOn: true } plan)
        {
            return await LoadAsync(page, operation, progress, cancellationToken);
        }

        kept.Visited(ExactUrl.Of(operation.Url));
        var attempt = await soft.RunAsync(page, operation with { Deadline = new(kept.Limit(operation.Deadline.Step()), time) }, progress, cancellationToken);
        control.Navigated(isAnswer: attempt.Problem is null);
        if (attempt.Problem is not { } problem)
        {
            return attempt.Answer! with { Soft = new(kept.Key, plan.IsCompared) };
        }

        progress.Discard();
        page.Activity.Begin();
        try
        {
            await page.ParkAsync(operation.Deadline.Step(options.RecoveryBudget), cancellationToken);
        }
        catch (BrowserException e) when (page.End == PageTermination.None)
        {
            // This is no verdict on the URL: a page without an attempted soft navigation may load it.
            control.TurnOff(kept.Key, problem.Text);
            return new() { Outcome = RenderOutcome.NoVerdict, Message = $"The page could not leave its document after a soft navigation. {problem.Text} {e.Message}" };
        }

        var loaded = await LoadAsync(page, operation, progress, cancellationToken);
        if (!attempt.IsRefused && SoftRender.ProblemOf(loaded, page) is null)
        {
            control.Compared(kept.Key, problem.Result, problem.Text);
        }

        return loaded;
    }

    /// <summary>Decides, once the caller has the answer, whether the page keeps its document, and compares. Returns the condition of the page; null if the page is to leave its document.</summary>
    public async Task<PageCondition?> KeepAsync(IRenderPage page, RenderOperation operation, PageAnswer answer, CancellationToken cancellationToken)
    {
        if (!IsEligible(page, operation) || SoftRender.ProblemOf(answer, page) is not null)
        {
            return null;
        }

        return answer.Soft is { } visit ? await KeepVisitedAsync(page, operation, answer, visit, cancellationToken) : await KeepLoadedAsync(page, operation, answer, cancellationToken);
    }

    /// <summary>Decides for a document that has made a soft navigation.</summary>
    private async Task<PageCondition?> KeepVisitedAsync(IRenderPage page, RenderOperation operation, PageAnswer answer, SoftVisit visit, CancellationToken cancellationToken)
    {
        if (!page.IsKept || !_kept.TryGetValue(page, out var kept))
        {
            return null;
        }

        if (visit.IsCompared)
        {
            return await comparison.SampleAsync(page, operation, answer, visit.Key, cancellationToken);
        }

        if (await comparison.HasGrownAsync(page, kept.Size, cancellationToken))
        {
            control.TurnOff(kept.Key, SoftComparison.Grown);
            return null;
        }

        return kept.MayVisit(time.GetTimestamp()) ? PageCondition.Healthy : null;
    }

    /// <summary>Decides for a document that was loaded.</summary>
    private async Task<PageCondition?> KeepLoadedAsync(IRenderPage page, RenderOperation operation, PageAnswer answer, CancellationToken cancellationToken)
    {
        if (await page.SourceAsync(options.RecoveryBudget, cancellationToken) is not { } source)
        {
            return null;
        }

        var key = RouteKey.Of(VersionOf(operation.Url, source), operation.Url, s_formats);
        var url = ExactUrl.Of(operation.Url);
        var load = new ReferenceLoad(url, SoftRender.DocumentOf(answer).Digest, answer.Deps);
        var (isKept, reference) = control.Loaded(key, load);
        if ((!isKept && reference is null) || !await page.KeepAsync(source, options.SoftNavigationMaxAge, options.RecoveryBudget, cancellationToken))
        {
            return null;
        }

        if (reference is not null)
        {
            return await comparison.WalkAsync(page, operation, [reference, load], key, cancellationToken);
        }

        var size = await page.SizeAsync(collects: false, options.RecoveryBudget, cancellationToken);
        _kept.AddOrUpdate(page, new(key, url, size, answer.LoadTime, time.GetTimestamp() + (long)(options.SoftNavigationMaxAge.TotalSeconds * time.TimestampFrequency)));
        return PageCondition.Healthy;
    }

    private async Task<PageAnswer> LoadAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        return await document.RunAsync(page, operation, progress, cancellationToken) with { LoadTime = time.GetElapsedTime(start) };
    }

    private KeptDocument? KeptFor(IRenderPage page, RenderOperation operation) =>
        IsEligible(page, operation) && page.IsKept && _kept.TryGetValue(page, out var kept)
        && kept.MayVisit(RouteKey.Of(kept.Key.App, operation.Url, s_formats), ExactUrl.Of(operation.Url), time.GetTimestamp()) ? kept : null;

    /// <summary>Whether a render may be a soft navigation: public and anonymous, only for the document, not requested as a full load, and of an app without the host contract.</summary>
    private bool IsEligible(IRenderPage page, RenderOperation operation) =>
        control.IsEnabled
        && operation is { Credentials: null, Screenshot: null, Command: null, Setup: null, Waits: null, FullLoad: false, Depth: 0, Affinity: { Kind: "realm", Scope: "" } }
        && operation.Url.Fragment.Length == 0
        && !(page.OffersRender == true && host.IsOrigin(operation.Url));

    /// <summary>The version of the app at an origin: its document as the server sends it.</summary>
    private static string VersionOf(Uri url, string source) => $"{url.GetLeftPart(UriPartial.Authority)} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))}";
}
