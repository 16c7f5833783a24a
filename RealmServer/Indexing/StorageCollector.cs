using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Reporting;
using Fleet.Registry;
using Fleet.Registry.Storage;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Reports to the registry which storage scopes this replica serves. On the replica that indexes, also removes scopes that no replica has served for
/// <c>Pages:KeepUnserved</c>: of a removed realm, of a replaced read key, of an earlier <c>Realms:PublicUrl</c>.</summary>
internal sealed partial class StorageCollector(
    IStorageScopes scopes, RealmCatalog catalog, PublicAddress address, PageRenditions renditions, IndexLease lease, IOptions<PagesOptions> options, IHostApplicationLifetime lifetime, TimeProvider timeProvider,
    ILogger<StorageCollector> logger)
    : HeartbeatService("the storage scopes", lifetime, timeProvider, logger)
{
    /// <summary>Maximum number of scopes that are removed per round; the rest follow in later rounds.</summary>
    private const int MaxRemovals = 100;

    // Replicas report several times per round, but reports may be late or lost.
    private const int MinRounds = 3;

    private readonly ILogger _logger = logger;

    /// <summary>Number of rounds without being served after which a scope is removed.</summary>
    /// <param name="keep">How long unserved scopes are kept.</param>
    internal static int RoundsOf(TimeSpan keep) => Math.Max(MinRounds, (int)Math.Ceiling(keep / RegistryTtl.ScopeRound));

    protected override async Task SendAsync(CancellationToken cancellationToken)
    {
        // Report first, so that the round does not count the scopes of this replica as unserved.
        await scopes.ServeAsync([.. Served()], cancellationToken);
        if (lease.Holder is { } holder && lease.IsMine(holder))
        {
            await CollectAsync(RoundsOf(options.Value.KeepUnserved), cancellationToken);
        }
    }

    private async Task CollectAsync(int rounds, CancellationToken cancellationToken)
    {
        foreach (var scope in await scopes.CountRoundAsync(rounds, MaxRemovals, cancellationToken))
        {
            if (await scopes.RemoveAsync(scope, rounds, cancellationToken))
            {
                LogRemoved(_logger, scope, options.Value.KeepUnserved);
            }
        }
    }

    private IEnumerable<string> Served() =>
        catalog.Current.ById.Values.Select(realm => PageSource.StorageScope(realm, address)).Append(PageSource.RoutesKeptUnder(address))
            .SelectMany(renditions.ScopesOf);

    [LoggerMessage(LogLevel.Information, "Removed the pages and screenshots of {Scope}: no realm server has served it for {Keep} (Pages:KeepUnserved).")]
    private static partial void LogRemoved(ILogger logger, string scope, TimeSpan keep);
}
