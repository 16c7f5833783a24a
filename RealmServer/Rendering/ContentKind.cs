namespace Fleet.RealmServer.Rendering;

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
