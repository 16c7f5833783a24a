using Fleet.PrerenderServer.Rendering.Host;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Registry.Realms;

namespace Fleet.PrerenderServer.Canary;

/// <summary>Chooses the pages that a canary renders: stored public pages that were rendered completely, of every realm and of the host app's routes.</summary>
internal sealed class CanarySamples(IRealmDirectory realms, IPageStore pages, HostAddress host)
{
    /// <summary>Chooses up to <paramref name="count"/> pages.</summary>
    /// <exception cref="RegistryUnavailableException">The registry cannot be read.</exception>
    public async Task<IReadOnlyList<Sample>> ChooseAsync(int count, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var scope in (await realms.ListAsync(cancellationToken)).Select(realm => realm.Url).Append(new Uri(host.Url, "/").AbsoluteUri).Distinct())
        {
            stored[scope] = [.. (await pages.GetFactsAsync(scope, cancellationToken)).Where(page => page.Value is { Status: 200, IsCapped: false }).Select(page => page.Key)];
        }

        return CanaryRules.Choose(stored, count);
    }
}
