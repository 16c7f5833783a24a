using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>A page as it was rendered and kept.</summary>
public sealed record StoredPage
{
    /// <summary>URL of the realm that it belongs to.</summary>
    public required string Realm { get; init; }

    /// <summary>URL of the page; the key within the realm.</summary>
    public required string Url { get; init; }

    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Where the page redirects to, when the status says so.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Rendered text by format.</summary>
    public required IReadOnlyDictionary<RenderFormat, string> Formats { get; init; }

    /// <summary>The host's search document and types, as JSON text.</summary>
    public string? Data { get; init; }

    /// <summary>What the render read; a change of one of them makes the page old.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>What it was rendered from; null for a page of a time at which that was not kept. Such a page is rendered again.</summary>
    public DependencyFingerprint? Seen { get; init; }

    /// <summary>Version of the source that was rendered. Orders the renders of one page: one that saw another source than the stored page has a higher
    /// one.</summary>
    public required long SourceVersion { get; init; }

    /// <summary>Generation of the host shell that rendered it.</summary>
    public required long Generation { get; init; }

    /// <summary>Token of the host shell that rendered it.</summary>
    public required string ShellToken { get; init; }

    /// <summary>When it was rendered.</summary>
    public required DateTimeOffset RenderedAt { get; init; }

    /// <summary>The picture that there is of it; null when there is none.</summary>
    public PagePicture? Picture { get; init; }

    /// <summary>Changes with the content of <see cref="Formats"/> and <see cref="Status"/>; unquoted.</summary>
    public required string ETag { get; init; }
}
