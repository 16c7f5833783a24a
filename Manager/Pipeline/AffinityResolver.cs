using Fleet.ServiceDefaults;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Determines the affinity of a render, or the error when the URL may not be rendered.</summary>
internal sealed class AffinityResolver(FleetViews views, AllowedOrigins allowedOrigins, PrincipalScope principals, IOptions<ManagerOptions> options)
{
    /// <summary>A view younger than this is recent enough to reject a URL. An older view may lack a new realm, but a flood of invalid URLs must not
    /// cause a flood of reads.</summary>
    private static readonly TimeSpan s_recentEnough = TimeSpan.FromMilliseconds(100);

    /// <summary>Timeout of the read of such a view.</summary>
    private static readonly TimeSpan s_readTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Returns the affinity, scoped to the principal when the request has credentials, or the error.</summary>
    public async Task<(string? Affinity, RenderError? Error)> ResolveAsync(RenderCall call, Deadline deadline, CancellationToken cancellationToken)
    {
        var (affinity, error) = Find(call, views.Current);
        if (error is not null)
        {
            (affinity, error) = Find(call, await views.ReadFreshAsync(s_recentEnough, s_readTimeout, cancellationToken));
        }

        if (error is not null && !views.IsSettled)
        {
            await views.SettleAsync(deadline.Left < options.Value.DiscoveryWait ? deadline.Left : options.Value.DiscoveryWait, cancellationToken);
            (affinity, error) = Find(call, views.Current);
        }

        if (error is not null)
        {
            return (null, views.IsSettled ? error : UnavailableReason.NoRealms(wasRead: views.ReadAt is not null));
        }

        // A command is identified by its user and key; its credentials must not change its affinity.
        return (call.Command is null ? principals.Apply(affinity!, call.Request.Credentials) : affinity, null);
    }

    private (string? Affinity, RenderError? Error) Find(RenderCall call, FleetView view)
    {
        var url = new Uri(call.Request.Url);
        if (RenderRules.CheckAllowed(url, allowedOrigins.With(view.Realms)) is { } notAllowed)
        {
            return (null, notAllowed);
        }

        var found = RenderRules.FindAffinity(url, view.Places, allowedOrigins.IsOnlyConfigured(url, view.Realms));
        return !AffinityKey.TryParse(call.Request.Affinity, out var named) ? found is null ? (null, RenderRules.NoRealm(url, view.Realms)) : (found, null)
            : call.HasKey || RenderRules.CanUseAffinity(named, url, found) ? (named.ToString(), null)
            : (null, RenderRules.NamedWithoutKey(named, found));
    }
}
