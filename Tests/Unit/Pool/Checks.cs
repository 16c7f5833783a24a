namespace Fleet.Tests.Pool;

/// <summary>The properties of the pool. A failed check reports the text.</summary>
internal static class Checks
{
    public const string ContextsWithinCap = "P1 the browser never has more contexts than the cap";
    public const string WarmIsTrue = "P2 the warm list is correct";
    public const string WaitsEndProperly = "P3 a wait ends only by grant, cancel, its deadline, shutdown or shell";
    public const string IdleIsEvicted = "P4 eviction picks idle pages only";
    public const string LeasedIsAState = "P5 exactly the leased slots are in a leased state";
    public const string LateIsIgnored = "P6 a late completion changes nothing";
    public const string EventsAreComplete = "P7 an event leaves no work undone";
    public const string CondemnedIsNotLeased = "P8 a page is not leased again after its release as unusable";
    public const string OnlyTableTransitions = "P16 a slot changes only as in the table of transitions";
    public const string ClosedOnce = "P9 a slot is closed once, and never under a lease";
    public const string VersionGrows = "P10 every event has its own version";
    public const string CapacityReturns = "P12 capacity always becomes available again";
    public const string NoStarvation = "P13 no waiter starves";
    public const string OneAffinityPerSlot = "P14 a slot serves one affinity only";
    public const string RecycleEnds = "P15 no obsolete page is leased after a recycle";
    public const string StandbysGoFirst = "P17 no idle page is evicted while there is a standby";
    public const string BootsAreBounded = "boots in progress are bounded";
}
