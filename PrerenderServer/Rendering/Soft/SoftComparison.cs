using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Documents;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>Compares soft navigations with full loads, once the caller has the answer. A difference is confirmed by another full load, which must equal the first one: otherwise the
/// content has changed in between.</summary>
internal sealed class SoftComparison(DocumentRender document, SoftRender soft, SoftControl control, RenderingOptions options, CpuLimiter gate, TimeProvider time)
{
    /// <summary>Maximum duration of one comparison.</summary>
    private static readonly TimeSpan s_max = TimeSpan.FromSeconds(60);

    /// <summary>Maximum duration of one of its renders.</summary>
    private static readonly TimeSpan s_maxRender = TimeSpan.FromSeconds(15);

    /// <summary>Moves the document on to each of the full loads in turn, as often as a kept document may, and compares what it shows. Returns the condition of the page.</summary>
    public Task<PageCondition> WalkAsync(IRenderPage page, RenderOperation operation, IReadOnlyList<ReferenceLoad> loads, RouteKey key, CancellationToken cancellationToken) =>
        RunAsync(page, key, async token =>
        {
            // Collect the garbage of earlier documents first.
            var first = await page.SizeAsync(collects: true, options.RecoveryBudget, token);
            for (var i = 0; i < SoftPolicy.MaxVisits; i++)
            {
                var load = loads[i % loads.Count];
                var step = operation with { Url = new(load.Url), Deadline = new(s_maxRender, time) };
                page.Activity.Begin();
                var attempt = await soft.RunAsync(page, step, new(time), token);
                if (attempt.Problem is not null || !load.IsSame(SoftRender.DocumentOf(attempt.Answer!)))
                {
                    await ConfirmAsync(page, step, load.Digest, attempt, key, token);
                    return;
                }
            }

            if (await HasGrownAsync(page, first, token))
            {
                control.Compared(key, Comparison.Different, Grown);
                return;
            }

            control.Compared(key, Comparison.Equal, null);
        }, cancellationToken);

    /// <summary>Repeats an answered soft navigation as a full load, and compares both. Returns the condition of the page.</summary>
    public Task<PageCondition> SampleAsync(IRenderPage page, RenderOperation operation, PageAnswer answer, RouteKey key, CancellationToken cancellationToken) =>
        RunAsync(page, key, async token =>
        {
            var step = operation with { Deadline = new(s_maxRender, time) };
            if (await LoadAsync(page, step, token) is not { } load)
            {
                return;
            }

            if (load.DifferenceTo(SoftRender.DocumentOf(answer)) is null)
            {
                control.Compared(key, Comparison.Equal, null);
                return;
            }

            await ConfirmAsync(page, step, load.Digest, new(answer, null), key, token);
        }, cancellationToken);

    /// <summary>Why a route is turned off whose documents have grown.</summary>
    public const string Grown = "The document keeps growing: the app does not release what earlier URLs needed.";

    /// <summary>Whether a document has grown too much, with its garbage collected.</summary>
    public async Task<bool> HasGrownAsync(IRenderPage page, DocumentSize first, CancellationToken cancellationToken) =>
        SoftPolicy.HasGrown(first, await page.SizeAsync(collects: false, options.RecoveryBudget, cancellationToken))
        && SoftPolicy.HasGrown(first, await page.SizeAsync(collects: true, options.RecoveryBudget, cancellationToken));

    /// <summary>Loads the URL of a soft navigation that was no answer, or differed from an earlier full load.</summary>
    private async Task ConfirmAsync(IRenderPage page, RenderOperation operation, string digest, SoftAttempt attempt, RouteKey key, CancellationToken cancellationToken)
    {
        if (attempt.IsRefused)
        {
            control.Compared(key, Comparison.Unsteady, attempt.Problem?.Text);
            return;
        }

        if (await LoadAsync(page, operation, cancellationToken) is not { } load)
        {
            control.Compared(key, Comparison.Unsteady, attempt.Problem?.Text ?? "A full load of the page has errors, too.");
            return;
        }

        if (attempt.Problem is { } problem)
        {
            control.Compared(key, problem.Result, problem.Text);
            return;
        }

        var difference = load.DifferenceTo(SoftRender.DocumentOf(attempt.Answer!));
        if (difference is null)
        {
            // The content has changed since the earlier load.
            control.Compared(key, Comparison.Equal, null);
        }
        else if (load.Digest == digest)
        {
            control.Compared(key, Comparison.Different, difference);
        }
        else
        {
            control.Compared(key, Comparison.Unsteady, "Its content differs from one load to the next, so it cannot be compared.");
        }
    }

    /// <summary>Loads a URL; null if there is something unusual about it.</summary>
    private async Task<SoftDocument?> LoadAsync(IRenderPage page, RenderOperation operation, CancellationToken cancellationToken)
    {
        await page.ParkAsync(options.RecoveryBudget, cancellationToken);
        page.Activity.Begin();
        var answer = await document.RunAsync(page, operation with { Deadline = new(s_maxRender, time) }, new(time), cancellationToken);
        return SoftRender.ProblemOf(answer, page) is null ? SoftRender.DocumentOf(answer) : null;
    }

    private async Task<PageCondition> RunAsync(IRenderPage page, RouteKey key, Func<CancellationToken, Task> compare, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(s_max, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await using var permit = await CpuPermit.TakeAsync(gate, page, options.RecoveryBudget, time, linked.Token);
            await compare(linked.Token);
            await page.ParkAsync(options.RecoveryBudget, CancellationToken.None);
            return PageCondition.Healthy;
        }
        catch (PoolDeadlineException)
        {
            return PageCondition.Dirty; // No permit: nothing was compared.
        }
        catch (Exception e) when (e is BrowserException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                control.Compared(key, Comparison.Unsteady, $"A comparison did not end: {e.Message}");
            }

            return page.End.ToCondition(whileOpen: PageCondition.Dirty);
        }
    }
}
