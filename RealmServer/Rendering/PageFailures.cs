using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Pages that failed lately: not to be tried again with every visit.</summary>
internal sealed class PageFailures(HostShellClaims claims, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    private const long MaxBytes = 16 * 1024 * 1024;

    private readonly BoundedCache<Failure> _failures = new(MaxBytes, static failure => failure.Size);

    /// <summary>Content and shell that a render begins with.</summary>
    public PageVersion VersionOf(PageSource source) => new(source.Version, claims.FleetShell?.Generation ?? 0);

    /// <summary>The failure of a page that is not to be tried again yet; null when it may be, or when content or shell are newer.</summary>
    public PageOutcome.Failed? Find(PageSource source)
    {
        if (!_failures.TryGet(source.Key, out var failure) || timeProvider.GetElapsedTime(failure.At) >= options.Value.FailureMemory)
        {
            return null;
        }

        var now = VersionOf(source);
        return now.SourceVersion <= failure.Version.SourceVersion && now.Generation <= failure.Version.Generation ? failure.Outcome : null;
    }

    /// <summary>Remembers what became of a page.</summary>
    /// <param name="source">The page.</param>
    /// <param name="version">What its render began with.</param>
    /// <param name="outcome">What became of it. No verdict holds off the next try like a failure: each visit would cause one.</param>
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
