namespace Fleet.Tests.Pool;

/// <summary>The properties of the pool, by the names under which they break.</summary>
internal static class Checks
{
    public const string ContextsWithinCap = "P1 contexts alive in the browser never exceed the cap";
    public const string WarmIsTrue = "P2 the warm list tells the truth";
    public const string WaitsEndProperly = "P3 a wait ends only by grant, cancel, its deadline, shutdown or shell";
    public const string IdleIsEvicted = "P4 eviction picks idle pages only";
    public const string ReservedIsAState = "P5 what is lent is in a state that says so";
    public const string LateIsIgnored = "P6 a late completion touches nothing";
    public const string NothingLeftToDo = "P7 an event is applied to the end";
    public const string DoomedIsNotLent = "P8 a page is not lent again after a verdict against it";
    public const string OnlyTransitionsOfTheTable = "P16 a slot changes as the table of transitions says";
    public const string ClosedOnce = "P9 close is begun once, and never under a lease";
    public const string VersionGrows = "P10 every event has its own version";
    public const string CapacityReturns = "P12 capacity always returns";
    public const string NobodyStarves = "P13 nobody starves";
    public const string OneTenantForLife = "P14 a slot serves one affinity for life";
    public const string RecycleEnds = "P15 nothing obsolete is lent after a recycle";
    public const string BootsAreBounded = "boots under way are bounded";
}
