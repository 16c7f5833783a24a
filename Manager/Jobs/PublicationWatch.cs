using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>
/// What the checks of a page of a publication have shown: which renders failed, and whether another one is due. Each realm server knows only its own renders, and another one may answer the
/// next check. So a render is not known to have ended because one realm server has none in progress.
/// </summary>
internal sealed class PublicationWatch
{
    /// <summary>Time without a check that shows a render in progress after which the one that was queued last counts as lost: a realm server that restarts loses its queue.</summary>
    private static readonly TimeSpan s_maxIdle = TimeSpan.FromSeconds(10);

    /// <summary>How much older than its render a failure may seem: ages are whole seconds.</summary>
    private static readonly TimeSpan s_ageTolerance = TimeSpan.FromSeconds(1);

    private static readonly Backoff s_pause = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));

    private readonly HashSet<string> _failuresSeen = new(StringComparer.Ordinal);
    private DateTimeOffset? _storedAt;
    private DateTimeOffset? _storedBefore;
    private TimeSpan _queuedAt;
    private TimeSpan _activeAt;
    private bool _hasEnded;

    /// <summary>Number of renders that were queued.</summary>
    public int Renders { get; private set; }

    /// <summary>Number of renders that failed after one was queued.</summary>
    public int Failures { get; private set; }

    /// <summary>The last of these failures; null if there is none.</summary>
    public SitePageFailure? Failure { get; private set; }

    /// <summary>Records a check of the page.</summary>
    /// <param name="page">What the realm server knows of the page; null if nothing.</param>
    /// <param name="isKnown">Whether the realm server answered.</param>
    /// <param name="now">Time since the watch began.</param>
    public void Record(SitePage? page, bool isKnown, TimeSpan now)
    {
        if (!isKnown || page is { Pending: true })
        {
            _activeAt = now;
        }

        if (page?.Stored is { } stored)
        {
            // A render that stored a page which is not fresh has ended too: its content may have changed meanwhile.
            _storedAt = stored.RenderedAt;
            _hasEnded |= Renders > 0 && stored.RenderedAt != _storedBefore;
        }

        if (page?.LastFailure is { } failure && _failuresSeen.Add(failure.RenderId ?? failure.Reason)
            && Renders > 0 && TimeSpan.FromSeconds(failure.AgeSeconds) <= now - _queuedAt + s_ageTolerance)
        {
            (Failure, _hasEnded) = (failure, true);
            Failures++;
        }
    }

    /// <summary>Records that a render was queued.</summary>
    /// <param name="now">Time since the watch began.</param>
    public void Queued(TimeSpan now)
    {
        (_queuedAt, _activeAt, _storedBefore, _hasEnded) = (now, now, _storedAt, false);
        Renders++;
    }

    /// <summary>Whether the page, which is not fresh, may be rendered now.</summary>
    /// <param name="now">Time since the watch began.</param>
    public bool IsRenderDue(TimeSpan now) => Renders == 0 || (_hasEnded ? now - _queuedAt >= s_pause.After(Renders) : now - _activeAt >= s_maxIdle);
}
