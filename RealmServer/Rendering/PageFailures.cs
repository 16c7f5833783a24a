using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Remembers pages that failed recently, so that not every request renders them again.</summary>
internal sealed class PageFailures(HostShellClaims claims, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    private const long MaxBytes = 16 * 1024 * 1024;

    private readonly BoundedCache<Failure> _failures = new(MaxBytes, static failure => failure.Size);

    /// <summary>The versions of content and shell that a render starts with.</summary>
    public PageVersion VersionOf(PageSource source) => new(source.Version, claims.FleetShell?.Generation ?? 0);

    /// <summary>The failure of a page that must not be rendered again yet. Null if there is none, if it has expired
    /// (<c>Pages:FailureMemory</c>), or if content or shell are newer.</summary>
    public PageOutcome.Failed? Find(PageSource source)
    {
        if (!_failures.TryGet(source.Key, out var failure) || timeProvider.GetElapsedTime(failure.At) >= options.Value.FailureMemory)
        {
            return null;
        }

        var current = VersionOf(source);
        return current.SourceVersion <= failure.Version.SourceVersion && current.Generation <= failure.Version.Generation ? failure.Outcome : null;
    }

    /// <summary>Records the outcome of a render. A good outcome clears the failure.</summary>
    /// <param name="source">The page.</param>
    /// <param name="version">The versions that its render started with.</param>
    /// <param name="outcome">The outcome. An unresolved one counts as a failure: otherwise every request would start a render.</param>
    public void Note(PageSource source, PageVersion version, PageOutcome outcome)
    {
        var failed = outcome as PageOutcome.Failed ?? (outcome is PageOutcome.Unresolved unresolved ? new(unresolved.Reason, version.Generation) : null);
        if (failed is null)
        {
            _failures.Remove(source.Key);
        }
        else
        {
            _failures.Set(source.Key, new(failed, version, timeProvider.GetTimestamp()));
        }
    }

    private sealed record Failure(PageOutcome.Failed Outcome, PageVersion Version, long At)
    {
        public long Size { get; } = 2L * (Outcome.Reason.Length + (Outcome.Page?.Formats.Sum(format => (long)format.Value.Length) ?? 0));
    }
}
