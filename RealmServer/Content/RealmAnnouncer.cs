using Fleet.Contracts;
using Fleet.RealmServer.Reporting;
using Fleet.Registry.Realms;

namespace Fleet.RealmServer.Content;

/// <summary>Tells the fleet which realms there are. Reads the folder again before each report, so a new realm is known within seconds.</summary>
internal sealed class RealmAnnouncer(
    RealmCatalog catalog, PublicAddress address, IRealmDirectory directory, RealmInstance instance, IHostApplicationLifetime lifetime,
    TimeProvider timeProvider, ILogger<RealmAnnouncer> logger)
    : HeartbeatService("the realms", lifetime, timeProvider, logger)
{
    protected override Task SendAsync(CancellationToken cancellationToken)
    {
        catalog.Refresh();
        var realms = catalog.Current.ById.Values.Where(realm => !realm.IsPrivate).Select(realm => new RealmRecord(address.UrlOf(realm.Path), realm.Name)).ToList();
        return directory.AnnounceAsync(instance.Name, realms, cancellationToken);
    }
}
