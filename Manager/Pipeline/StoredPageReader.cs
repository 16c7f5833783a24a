using System.Text;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Finds the stored page that a render of a document would produce again.</summary>
internal sealed class StoredPageReader(IPageStore store, FleetViews views, IOptions<ManagerOptions> options, IOptions<FleetOptions> fleet, TimeProvider timeProvider)
{
    /// <summary>The stored document; null when the caller wants a new render, or no current one is stored.</summary>
    /// <param name="call">The request.</param>
    /// <param name="affinity">Its affinity. Public pages of a realm, and routes of the host app, are stored under the URL in it.</param>
    /// <param name="cancellationToken">Cancelled when the caller disconnects.</param>
    public async Task<RenderContent?> FindAsync(RenderCall call, string affinity, CancellationToken cancellationToken)
    {
        if (!call.Document || call.IsFresh || options.Value.StoredMaxAge == TimeSpan.Zero || call.Request.Credentials is not null || PageRequestRules.RenditionOf(call.Request) is not { } rendition
            // Pages that were stored before the setting changed are no longer renewed.
            || (rendition == Rendition.Mobile && !fleet.Value.HasMobileRendition())
            || !AffinityKey.TryParse(affinity, out var key) || key is not { Kind: "realm", Scope: "" })
        {
            return null;
        }

        try
        {
            var page = await store.GetAsync(PageScope.Of(key.Value, rendition), call.Request.Url, cancellationToken);
            return page is null ? null : Read(page, views.Current.Shell, timeProvider.GetUtcNow(), options.Value.StoredMaxAge);
        }
        catch (RegistryUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The document of a stored page; null when it may differ from what a render would produce: the page is of another host shell or too old, or it is stored as the
    /// formats of a cooperating host, which only the realm server composes with its shell.</summary>
    internal static RenderContent? Read(StoredPage page, HostShell? shell, DateTimeOffset now, TimeSpan maxAge) =>
        page.Status is >= 200 and <= 399 && page.ShellToken == shell?.Token && page.Generation == shell.Generation && now - page.RenderedAt <= maxAge
        && page.Formats.TryGetValue(RenderFormat.Html, out var html)
            ? new(
                new(RenderOutcome.Rendered, page.Status) { Location = page.RedirectUrl, PageHeaders = page.Headers, ShellToken = page.ShellToken, IsCapped = page.IsCapped },
                "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html))
            {
                Age = now > page.RenderedAt ? now - page.RenderedAt : TimeSpan.Zero,
            }
            : null;
}
