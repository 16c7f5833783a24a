using Fleet.Contracts;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>What became of a page that was to be rendered.</summary>
internal abstract record PageOutcome
{
    /// <summary>Why there is no good page; null when there is.</summary>
    public string? Trouble => this switch
    {
        Failed failed => failed.Reason,
        Unresolved unresolved => unresolved.Reason,
        _ => null,
    };

    /// <summary>A page of its content on the current shell is stored, by this replica or another.</summary>
    /// <param name="Page">It, as this replica rendered it.</param>
    public sealed record Stored(StoredPage Page) : PageOutcome
    {
        /// <summary>Whether what is stored is another replica's, or of a visit, and newer as far as the clocks say. The index looks at it again.</summary>
        public bool IsSuperseded { get; init; }
    }

    /// <summary>The content fails; it is not tried again before content or shell change.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Generation">The shell generation on which it does.</param>
    /// <param name="Page">What the page shows of it, with its status: a "not found", for one. Never stored.</param>
    /// <param name="Diagnostics">What a person needs to understand it.</param>
    public sealed record Failed(string Reason, long Generation, StoredPage? Page = null, RenderDiagnostics? Diagnostics = null) : PageOutcome;

    /// <summary>Nobody could tell, or what there is may not be kept: it is on an older shell, or had not come to rest. To be tried again.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Page">What there is; better than an empty shell.</param>
    /// <param name="Diagnostics">What a person needs to understand it.</param>
    public sealed record Unresolved(string Reason, StoredPage? Page = null, RenderDiagnostics? Diagnostics = null) : PageOutcome;

    /// <summary>The source is gone.</summary>
    public sealed record Gone : PageOutcome;
}
