namespace Fleet.Registry.Storage;

/// <summary>What pages and screenshots are stored under: a realm's URL, with the digest of its key behind it when the realm is private, or the site's
/// address for routes. A scope is known from the first page or screenshot that is stored in it until the scope is removed.</summary>
/// <remarks>Whether a scope is still used is counted in rounds and not told by a clock, so that a clock that jumps removes nothing.</remarks>
public interface IStorageScopes
{
    /// <summary>Notes that scopes are served. A realm server repeats it every <see cref="RegistryTtl.Repeat"/>, far more often than there are rounds.</summary>
    Task ServeAsync(IReadOnlyCollection<string> scopes, CancellationToken cancellationToken);

    /// <summary>Counts a round for every scope, unless the latest round was counted less than <see cref="RegistryTtl.ScopeRound"/> ago.</summary>
    /// <param name="rounds">Rounds in a row in which a scope was not served before it may be removed, 1 or more.</param>
    /// <param name="max">Most scopes to return.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Scopes that may be removed; none when no round was counted.</returns>
    Task<IReadOnlyList<string>> CountRoundAsync(int rounds, int max, CancellationToken cancellationToken);

    /// <summary>Removes all pages and screenshots of a scope in one step, however many there are, unless it was served within <paramref name="rounds"/>
    /// rounds. 0 removes them in any case. True when there were any.</summary>
    Task<bool> RemoveAsync(string scope, int rounds, CancellationToken cancellationToken);
}
