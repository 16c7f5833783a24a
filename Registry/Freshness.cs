namespace Fleet.Registry;

/// <summary>Whether an entry still counts. Only the registry's own clock is asked, never that of the service that wrote the entry.</summary>
internal static class Freshness
{
    /// <summary>True within <paramref name="timeToLive"/> on either side of now. An entry from the future means that the registry's
    /// clock was set back; bounding that side too keeps the dead from living on for as long as the jump was wide.</summary>
    public static bool IsLive(DateTimeOffset seen, DateTimeOffset now, TimeSpan timeToLive) => (now - seen).Duration() <= timeToLive;
}
