using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Takes the screenshot of one stored page and adds it to the page.</summary>
internal sealed class ScreenshotTaker(
    ManagerClient manager, PageWriter writer, IPageStore pages, IScreenshotStore screenshots, IOptions<ScreenshotsOptions> options, IOptions<IndexOptions> index)
{
    /// <summary>Whether screenshots are taken at all.</summary>
    public bool IsOn => options.Value.Enabled && manager.IsConfigured;

    /// <summary>Whether a stored screenshot shows the page as it looks now, in the configured size.</summary>
    public bool IsCurrent(ScreenshotFacts? facts, string look) =>
        facts is not null && facts.Look == look && (facts.Width, facts.Height) == (options.Value.Width, options.Value.Height);

    /// <summary>Takes the screenshot of a page if it has no current one.</summary>
    /// <param name="source">The page's source.</param>
    /// <param name="isWanted">Whether to try a page that looks like this.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>Why there is none, with the look of the page; null if there is nothing to report.</returns>
    /// <exception cref="ManagerUnavailableException">The manager cannot render now.</exception>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<ScreenshotFailure?> TakeAsync(PageSource source, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        if (await pages.GetAsync(source.Scope, source.Url, cancellationToken) is not { } page || ScreenshotKey.Of(page) is not { } look || !isWanted(look))
        {
            return null;
        }

        var facts = await screenshots.GetFactsAsync(source.RealmUrl, source.Url, cancellationToken);
        if (!IsCurrent(facts, look))
        {
            if (await TryTakeAsync(source, page, look, cancellationToken) is { } failure)
            {
                return new(look, failure);
            }
        }
        else if (page.Screenshot?.Tag == facts!.Tag)
        {
            return null;
        }

        // The page may have been replaced while the screenshot was taken. Read it again and change only its screenshot.
        if (await pages.GetAsync(source.Scope, source.Url, cancellationToken) is not { } current || await writer.StoreAsync(source, current, cancellationToken) is PageOutcome.Gone)
        {
            await screenshots.RemoveAsync(source.RealmUrl, source.Url, cancellationToken);
        }

        return null;
    }

    /// <summary>Takes the screenshot and stores it. Returns why there is none; null on success.</summary>
    private async Task<string?> TryTakeAsync(PageSource source, StoredPage page, string look, CancellationToken cancellationToken)
    {
        try
        {
            var taken = await manager.ScreenshotAsync(CreateRequest(source), index.Value.RenderDeadline, cancellationToken);
            if (taken.ShellToken != page.ShellToken)
            {
                return "The screenshot shows another host shell than the stored page.";
            }

            if (taken.Bytes.Length > options.Value.MaxBytes)
            {
                return $"The screenshot has {taken.Bytes.Length} bytes; the maximum is {options.Value.MaxBytes} (Screenshots:MaxKb).";
            }

            var tag = Convert.ToHexStringLower(SHA256.HashData(taken.Bytes).AsSpan(..8));
            return await screenshots.StoreAsync(
                new(source.RealmUrl, source.Url, new(tag, look, options.Value.Width, options.Value.Height), taken.Bytes), options.Value.MaxRealmBytes, cancellationToken)
                ? null
                : $"The realm's screenshots have reached {options.Value.MaxRealmMb} MB, the maximum (Screenshots:MaxRealmMb).";
        }
        catch (RenderRefusedException e)
        {
            return e.Message;
        }
    }

    private ScreenshotRequest CreateRequest(PageSource source) => new()
    {
        Url = source.Url,
        Affinity = source.Affinity.ToString(),
        Format = RenderFormat.Fitted,
        Type = ScreenshotType.Jpeg,
        Width = options.Value.Width,
        Height = options.Value.Height,
        DeadlineMs = (int)index.Value.RenderDeadline.TotalMilliseconds,
        Priority = PageRenderer.PriorityOf(RenderUrgency.Index),
    };
}

/// <summary>Why a page has no screenshot.</summary>
/// <param name="Look">The look of the page, which a new attempt must differ from.</param>
/// <param name="Reason">One sentence.</param>
internal sealed record ScreenshotFailure(string Look, string Reason);
