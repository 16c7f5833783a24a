namespace Fleet.RealmServer.Rendering;

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
