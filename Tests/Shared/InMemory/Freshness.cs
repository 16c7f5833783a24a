namespace Fleet.Tests.InMemory;

/// <summary>Decides whether an entry is live, as <c>is_live</c> of <c>common.lua</c> does: by the registry's clock only, never by that of the service that wrote the entry.</summary>
internal static class Freshness
{
    /// <summary>True within <paramref name="timeToLive"/> before or after now. An entry from the future means that the registry's clock was set back; without the
    /// second bound it would stay live for the whole length of the jump.</summary>
    public static bool IsLive(DateTimeOffset seen, DateTimeOffset now, TimeSpan timeToLive) => (now - seen).Duration() <= timeToLive;
}
