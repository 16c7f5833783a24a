namespace Fleet.Manager.Pipeline;

/// <summary>What to do after an attempt.</summary>
internal enum RetryStep
{
    /// <summary>Tell the caller.</summary>
    Answer,

    /// <summary>Try another server.</summary>
    Another,

    /// <summary>Try another server, or the same one when there is no other: it may have recovered.</summary>
    AnotherOrSame,
}
