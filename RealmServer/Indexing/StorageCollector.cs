using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Reporting;
using Fleet.Registry;
using Fleet.Registry.Storage;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Tells the registry which storage scopes this replica serves and, on the replica that indexes, removes those that no replica has served for
/// <c>Pages:KeepUnserved</c>: of a realm that was removed, of a read key that was replaced, of an earlier <c>Realms:PublicUrl</c>.</summary>
internal sealed partial class StorageCollector(
    IStorageScopes scopes, RealmCatalog catalog, PublicAddress address, IndexLease lease, IOptions<PagesOptions> options, IHostApplicationLifetime lifetime, TimeProvider timeProvider,
    ILogger<StorageCollector> logger)
    : HeartbeatService("the storage scopes", lifetime, timeProvider, logger)
{
    /// <summary>Most scopes that are removed in a round; the others follow in the next ones.</summary>
    private const int MaxRemovals = 100;

    // A replica repeats several times between two rounds, but one of its reports may be late or lost.
    private const int MinRounds = 3;

    private readonly ILogger _logger = logger;

    /// <summary>Rounds without being served after which a scope is removed.</summary>
    /// <param name="keep">How long it is to be kept.</param>
    internal static int RoundsOf(TimeSpan keep) => Math.Max(MinRounds, (int)Math.Ceiling(keep / RegistryTtl.ScopeRound));

    protected override async Task SendAsync(CancellationToken cancellationToken)
    {
        // Before the round is counted: it must not count what this replica serves.
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
        catalog.Current.ById.Values.Select(realm => PageSource.StorageScope(realm, address)).Append(PageSource.RoutesKeptUnder(address));

    [LoggerMessage(LogLevel.Information, "Removed the pages and screenshots of {Scope}: no realm server has served it for {Keep} (Pages:KeepUnserved).")]
    private static partial void LogRemoved(ILogger logger, string scope, TimeSpan keep);
}
