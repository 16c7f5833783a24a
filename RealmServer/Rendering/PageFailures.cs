using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.Registry.Pages;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Keeps pages that failed recently, so that not every request renders them again.</summary>
internal sealed class PageFailures(HostShellClaims claims, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    private const long MaxBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(5);

    private readonly BoundedCache<Failure> _failures = new(MaxBytes, static failure => failure.Size);

    /// <summary>The versions of content and shell that a render starts with.</summary>
    public PageVersion VersionOf(PageSource source) => new(source.Version, claims.FleetShell?.Generation ?? 0);

    /// <summary>The failure of a page that must not be rendered again yet. Null if there is none, if it has expired, or if content or shell are newer.</summary>
    public RememberedFailure? Find(PageSource source)
    {
        if (!_failures.TryGet(source.Key, out var failure) || timeProvider.GetElapsedTime(failure.At) is var age && age >= failure.Memory)
        {
            return null;
        }

        return IsOf(failure, VersionOf(source)) ? new(failure.Outcome, age, failure.Memory - age) : null;
    }

    /// <summary>Records the outcome of a render. A good outcome clears the failure. A failure of the content is remembered for <c>Pages:FailureMemory</c>. An
    /// unresolved outcome is remembered too, since otherwise every request would start a render, but first for a short time only: the next render may succeed.</summary>
    /// <param name="source">The page.</param>
    /// <param name="version">The versions that its render started with.</param>
    /// <param name="outcome">The outcome of a render that took place. A render that the manager could not begin says nothing about the page.</param>
    public void Note(PageSource source, PageVersion version, PageOutcome outcome)
    {
        switch (outcome)
        {
            case PageOutcome.Failed failed:
                _failures.Set(source.Key, new(failed, version, timeProvider.GetTimestamp(), options.Value.FailureMemory, Unresolved: 0));
                break;
            case PageOutcome.Unresolved unresolved:
                var count = _failures.TryGet(source.Key, out var last) && IsOf(last, version) ? last.Unresolved + 1 : 1;
                _failures.Set(source.Key, new(new(unresolved.Reason, version.Generation, Diagnostics: unresolved.Diagnostics) { RenderId = unresolved.RenderId }, version, timeProvider.GetTimestamp(), PauseAfter(count), count));
                break;
            default:
                _failures.Remove(source.Key);
                break;
        }
    }

    /// <summary>Forgets the failure of a page, so that the next request renders it.</summary>
    public void Forget(PageSource source) => _failures.Remove(source.Key);

    private TimeSpan PauseAfter(int unresolved)
    {
        var memory = options.Value.FailureMemory;
        return new Backoff(memory < s_firstPause ? memory : s_firstPause, memory * 16).After(unresolved);
    }

    private static bool IsOf(Failure failure, PageVersion current) =>
        current.SourceVersion <= failure.Version.SourceVersion && current.Generation <= failure.Version.Generation;

    private sealed record Failure(PageOutcome.Failed Outcome, PageVersion Version, long At, TimeSpan Memory, int Unresolved)
    {
        public long Size { get; } = 2L * (Outcome.Reason.Length + (Outcome.Page?.Formats.Sum(format => (long)format.Value.Length) ?? 0));
    }
}

/// <summary>A failure that is remembered.</summary>
/// <param name="Outcome">The failure.</param>
/// <param name="Age">Time since the render failed.</param>
/// <param name="Left">Time until the page may be rendered again.</param>
internal sealed record RememberedFailure(PageOutcome.Failed Outcome, TimeSpan Age, TimeSpan Left);
