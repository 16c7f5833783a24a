namespace Fleet.RealmServer.Rendering;

/// <summary>The urgency of a render, in rising order.</summary>
internal enum RenderUrgency
{
    /// <summary>Rendered in advance by the index.</summary>
    Index,

    /// <summary>Rendered in the background for a request that got the shell or an older page.</summary>
    Visited,

    /// <summary>Rendered while a client waits that calls itself a crawler.</summary>
    Awaited,

    /// <summary>Rendered while a verified crawler waits.</summary>
    Verified,
}
