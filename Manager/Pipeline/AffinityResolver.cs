using Fleet.ServiceDefaults;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Determines the affinity of a render, or the error when the URL may not be rendered.</summary>
internal sealed class AffinityResolver(FleetViews views, AllowedOrigins allowedOrigins, PrincipalScope principals, PrincipalLimiter limiter, IOptions<ManagerOptions> options)
{
    /// <summary>A view younger than this is recent enough to reject a URL. An older view may lack a new realm, but a flood of invalid URLs must not
    /// cause a flood of reads.</summary>
    private static readonly TimeSpan s_recentEnough = TimeSpan.FromMilliseconds(100);

    /// <summary>A view younger than this is recent enough to treat a URL as outside all realms. A lost notification delays a new realm by at most 1 s.
    /// Without this, each render of a host app without realms would wait for a read.</summary>
    private static readonly TimeSpan s_recentRealms = TimeSpan.FromSeconds(1);

    /// <summary>Timeout of the read of a view that is not recent enough.</summary>
    private static readonly TimeSpan s_readTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Returns the call with its URL as the fleet knows it, and the affinity, scoped to the principal when the request has credentials; or the error.</summary>
    public async Task<(RenderCall Call, string? Affinity, RenderError? Error)> ResolveAsync(RenderCall call, Deadline deadline, CancellationToken cancellationToken)
    {
        // Whether a URL is outside all realms is certain only in a view that is recent and complete.
        var current = views.Current;
        var (address, affinity, error) = Find(call, current, () => IsComplete(current) && views.IsRecent(s_recentRealms));
        if (error is not null)
        {
            var view = await views.ReadFreshAsync(s_recentEnough, s_readTimeout, cancellationToken);
            (address, affinity, error) = Find(call, view, () => IsComplete(view));
        }

        if (error is not null && !views.IsSettled)
        {
            await views.SettleAsync(deadline.Left < options.Value.DiscoveryWait ? deadline.Left : options.Value.DiscoveryWait, cancellationToken);
            (address, affinity, error) = Find(call, views.Current, () => IsComplete(views.Current));
        }

        if (error is not null)
        {
            return (call, null, views.IsSettled ? error : UnavailableReason.NoRealms(wasRead: views.ReadAt is not null));
        }

        // A command is identified by its user and key; its credentials must not change its affinity.
        var scoped = address.Command is null ? principals.Apply(affinity!, address.Request.Credentials) : affinity!;
        return scoped == affinity || address.HasKey || limiter.TryAdmit(scoped, out var wait)
            ? (address, scoped, null)
            : (address, null, RenderRules.TooManyPrincipals(options.Value.MaxPrincipalsWithoutKey, wait));
    }

    // A realm server that serves the host app has announced its realms too, or has none.
    private bool IsComplete(FleetView view) => views.IsSettled || view.Serving.Count > 0;

    private (RenderCall Call, string? Affinity, RenderError? Error) Find(RenderCall call, FleetView view, Func<bool> isComplete)
    {
        var allowed = allowedOrigins.With(view.Realms);
        call = call.WithAddress(allowed.Normalize(call.Request.Url), call.Request.Affinity is { } given ? RenderRules.NormalizeAffinity(given, allowed) : null);
        var url = new Uri(call.Request.Url);
        if (RenderRules.CheckAllowed(url, allowed, call.HasKey) is { } notAllowed)
        {
            return (call, null, notAllowed);
        }

        // Outside all realms there is one affinity per origin.
        var own = RenderRules.FindAffinity(url, view.Places, originIsRealm: () => allowedOrigins.IsOnlyConfigured(url, view.Realms) || isComplete());
        return AffinityKey.TryParse(call.Request.Affinity, out var named) && call.HasKey ? (call, named.ToString(), null)
            : own is null ? (call, null, UnavailableReason.NoRealms(wasRead: views.ReadAt is not null))
            : named is null || RenderRules.CanUseAffinity(named, own) ? (call, own, null)
            : (call, null, RenderRules.NamedWithoutKey(named, own));
    }
}
