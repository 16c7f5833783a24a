namespace Fleet.Registry.Storage;

/// <summary>Tracks the scopes that pages and screenshots are stored under: a realm's URL, followed by the digest of its key if the realm is private, or the
/// site's address for routes. A scope exists from its first stored page or screenshot until it is removed.</summary>
/// <remarks>Disuse is counted in rounds instead of measured by a clock, so that a clock that jumps removes nothing.</remarks>
public interface IStorageScopes
{
    /// <summary>Records that scopes are served. A realm server repeats it every <see cref="RegistryTtl.Repeat"/>, far more often than rounds are counted.</summary>
    Task ServeAsync(IReadOnlyCollection<string> scopes, CancellationToken cancellationToken);

    /// <summary>Counts a round for every scope, unless the last round was counted less than <see cref="RegistryTtl.ScopeRound"/> ago.</summary>
    /// <param name="rounds">Number of consecutive rounds without service after which a scope may be removed, 1 or more.</param>
    /// <param name="max">Maximum number of scopes to return.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Scopes that may be removed; none when no round was counted.</returns>
    Task<IReadOnlyList<string>> CountRoundAsync(int rounds, int max, CancellationToken cancellationToken);

    /// <summary>Atomically removes all pages and screenshots of a scope, unless it was served within the last <paramref name="rounds"/> rounds; 0 always removes
    /// them. True when there were any.</summary>
    Task<bool> RemoveAsync(string scope, int rounds, CancellationToken cancellationToken);
}
