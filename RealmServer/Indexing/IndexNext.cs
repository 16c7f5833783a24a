namespace Fleet.RealmServer.Indexing;

/// <summary>When the next pass is due.</summary>
internal enum IndexNext
{
    /// <summary>When somebody asks for it, or a card or the shell changed.</summary>
    WhenChanged,

    /// <summary>When another try may bring the cards that are without a verdict.</summary>
    AfterRetryInterval,

    /// <summary>Soon: this one was broken off.</summary>
    AfterPause,
}
