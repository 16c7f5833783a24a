using System.Diagnostics.Metrics;

namespace Fleet.RealmServer.Rendering;

/// <summary>What this server counts.</summary>
internal sealed class RealmMetrics
{
    public const string MeterName = "Fleet.RealmServer";

    private static readonly string[] s_matters = [.. Enum.GetNames<ContentKind>().Select(name => name.ToLowerInvariant())];

    private static readonly (RenderingTrouble Value, string Name)[] s_troubles = [(RenderingTrouble.NoManager, "no_manager"), (RenderingTrouble.CardsFail, "cards_fail")];

    private readonly Meter _meter;
    private readonly Counter<long> _pages;
    private readonly Counter<long> _indexed;
    private readonly Counter<long> _onDemand;
    private readonly Counter<long> _notQueued;
    private readonly Counter<long> _withheld;
    private readonly Counter<long> _rerendered;

    public RealmMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _pages = meter.CreateCounter<long>("fleet.realm.pages", "{page}", "Pages answered, by what they were made of.");
        _indexed = meter.CreateCounter<long>("fleet.realm.indexed", "{card}", "Cards that the index had rendered, by what became of it.");
        _onDemand = meter.CreateCounter<long>("fleet.realm.on_demand", "{page}", "Pages that were rendered because somebody asked for them, by what became of them.");
        _notQueued = meter.CreateCounter<long>("fleet.realm.not_queued", "{page}", "Pages that were asked for and not queued, because too many waited.");
        _withheld = meter.CreateCounter<long>("fleet.shell.stale.withheld", "{result}", "Errors that were not stored, because their page was not on the current host shell from beginning to end.");
        _rerendered = meter.CreateCounter<long>("fleet.shell.stale.rerendered", "{result}", "Good pages of an older or unverified host shell that were stored and rendered again.");
    }

    /// <summary>Shows whether pages are rendered: one series for each kind of trouble, 1 for the one that there is.</summary>
    public void Observe(Func<RenderingTrouble> trouble) => _meter.CreateObservableGauge(
        "fleet.realm.degraded",
        () => s_troubles.Select(kind => new Measurement<int>(trouble() == kind.Value ? 1 : 0, new KeyValuePair<string, object?>("reason", kind.Name))),
        "{server}",
        "Whether this realm server does not get its pages rendered, by reason: 1 when it is so.");

    public void PageServed(ContentKind matter) => _pages.Add(1, new KeyValuePair<string, object?>("source", s_matters[(int)matter]));

    public void PageRenderedOnDemand(PageOutcome outcome) =>
        _onDemand.Add(1, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name.ToLowerInvariant()));

    public void PageNotQueued() => _notQueued.Add(1);

    /// <summary>Counts what the host shell had a part in.</summary>
    public void Decided(StoreAction action)
    {
        switch (action)
        {
            case StoreAction.WithholdAndRenderAgain: _withheld.Add(1); break;
            case StoreAction.StoreAndRenderAgain: _rerendered.Add(1); break;
        }
    }

    public void CardIndexed(string outcome) => _indexed.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}

/// <summary>Why pages are not rendered.</summary>
internal enum RenderingTrouble
{
    /// <summary>They are.</summary>
    None,

    /// <summary>No manager answers, or the one that does is not ready.</summary>
    NoManager,

    /// <summary>A manager answers, and most cards have no page of their current content all the same.</summary>
    CardsFail,
}

/// <summary>What an answer is made of. A tag of metrics, in lower case.</summary>
internal enum ContentKind
{
    /// <summary>The bare shell.</summary>
    Shell,

    /// <summary>Rendered content in the shell that is served now.</summary>
    Content,

    /// <summary>A whole document, captured with the shell that is served now.</summary>
    Document,

    /// <summary>A whole document that was captured with another shell. Text for crawlers; its scripts may be gone.</summary>
    OldDocument,

    /// <summary>The page's own redirect.</summary>
    Redirect,
}
