using Fleet.Contracts;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>The outcome of rendering and storing a page.</summary>
internal abstract record PageOutcome
{
    /// <summary>Why there is no good page; null if there is one or the source is gone.</summary>
    public string? FailureReason => this switch
    {
        Failed failed => failed.Reason,
        Unresolved unresolved => unresolved.Reason,
        _ => null,
    };

    /// <summary>Request id of the render, by which the logs and the prerender servers' failure records find it; null if nothing was rendered.</summary>
    public string? RenderId { get; init; }

    /// <summary>A page of the current content on the current shell is stored, by this replica or another.</summary>
    /// <param name="Page">The page as this replica rendered or found it.</param>
    public sealed record Stored(StoredPage Page) : PageOutcome
    {
        /// <summary>Whether a newer page of another render was already stored, judging by the clocks. The index checks the page again in its next pass.</summary>
        public bool IsSuperseded { get; init; }
    }

    /// <summary>The content fails. The page is not rendered again until content or shell change, or the failure expires.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Generation">The shell generation on which it fails.</param>
    /// <param name="Page">The failed page with its status, such as a "not found". Never stored.</param>
    /// <param name="Diagnostics">Diagnostics for people.</param>
    public sealed record Failed(string Reason, long Generation, StoredPage? Page = null, RenderDiagnostics? Diagnostics = null) : PageOutcome
    {
        /// <summary>The sentence that a crawler gets instead of the page. It names neither services nor addresses of the fleet. Null if nothing is known beyond the failure.</summary>
        public string? Detail { get; init; }
    }

    /// <summary>There is no verdict, or the page may not stay: it is on an older shell, it did not settle, or its own requests failed. To be rendered again.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Page">The page to serve instead of an empty shell; null if there is none.</param>
    /// <param name="Diagnostics">Diagnostics for people.</param>
    public sealed record Unresolved(string Reason, StoredPage? Page = null, RenderDiagnostics? Diagnostics = null) : PageOutcome
    {
        /// <summary>Whether the time was not sufficient, so that a longer render may have a better result.</summary>
        public bool IsLate { get; init; }
    }

    /// <summary>The source is gone.</summary>
    public sealed record Gone : PageOutcome;
}
