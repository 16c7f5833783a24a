using System.Diagnostics.Metrics;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.RealmServer.Rendering;

/// <summary>The metrics of the realm server.</summary>
internal sealed class RealmMetrics
{
    public const string MeterName = "Fleet.RealmServer";

    private static readonly string[] s_kinds = [.. Enum.GetNames<ContentKind>().Select(MetricConventions.TagValue)];

    private static readonly (RenderingTrouble Value, string Name)[] s_troubleNames = [(RenderingTrouble.NoManager, "no_manager"), (RenderingTrouble.CardsFail, "cards_fail")];

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
        _pages = meter.CreateCounter<long>("fleet.realm.pages", "{page}", "Pages served, by the kind of their content.");
        _indexed = meter.CreateCounter<long>("fleet.realm.indexed", "{card}", "Cards that the index rendered, by outcome.");
        _onDemand = meter.CreateCounter<long>("fleet.realm.on_demand", "{page}", "Pages that were rendered on demand, by outcome.");
        _notQueued = meter.CreateCounter<long>("fleet.realm.not_queued", "{page}", "Requested pages that were not queued for a render because the queue was full.");
        _withheld = meter.CreateCounter<long>("fleet.shell.stale.withheld", "{result}", "Errors that were not recorded because the page was not on the current host shell for the whole render.");
        _rerendered = meter.CreateCounter<long>("fleet.shell.stale.rerendered", "{result}", "Good pages of an older or unverified host shell that were stored and are rendered again.");
    }

    /// <summary>Registers the gauge that shows whether pages can be rendered: one series per kind of trouble, 1 for the current one and 0 for the others.</summary>
    public void Observe(Func<RenderingTrouble> trouble) => _meter.CreateObservableGauge(
        "fleet.realm.degraded",
        () => s_troubleNames.Select(kind => new Measurement<int>(trouble() == kind.Value ? 1 : 0, new KeyValuePair<string, object?>("reason", kind.Name))),
        "{server}",
        "Whether rendering is degraded for this realm server, by reason: 1 if it is.");

    public void PageServed(ContentKind kind) => _pages.Add(1, new KeyValuePair<string, object?>("source", s_kinds[(int)kind]));

    public void PageRenderedOnDemand(PageOutcome outcome) =>
        _onDemand.Add(1, new KeyValuePair<string, object?>("outcome", MetricConventions.TagValue(outcome.GetType().Name)));

    public void PageNotQueued() => _notQueued.Add(1);

    /// <summary>Counts the decisions that depend on the host shell.</summary>
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
    /// <summary>Pages are rendered.</summary>
    None,

    /// <summary>The manager does not answer or is not ready.</summary>
    NoManager,

    /// <summary>The manager is ready, but most cards have no page of their current content.</summary>
    CardsFail,
}

/// <summary>What a response is made of. Its name is a metric tag.</summary>
internal enum ContentKind
{
    /// <summary>The bare shell.</summary>
    Shell,

    /// <summary>Rendered content in the served shell.</summary>
    Content,

    /// <summary>A whole document that was captured with the served shell.</summary>
    Document,

    /// <summary>A whole document that was captured with another shell. Only for crawlers, which read its text; its scripts may be gone.</summary>
    OldDocument,

    /// <summary>The page's own redirect.</summary>
    Redirect,

    /// <summary>A document for a crawler that says why there is no page.</summary>
    Unavailable,
}
