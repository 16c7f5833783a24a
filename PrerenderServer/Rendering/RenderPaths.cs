using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Commands;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Soft;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>The three ways to render in a page: navigate to the URL and capture the document, call the host app's <c>fleet.render</c>, or run a command.</summary>
internal sealed class RenderPaths(SoftNavigation navigation, HostRender hostRender, CommandRender commandRender, HostAddress host)
{
    /// <summary>Token of the last host shell that was found not to offer <c>fleet.render</c>.</summary>
    private volatile string? _withoutRender;

    /// <summary>Renders on the path that the operation and the page determine.</summary>
    /// <param name="page">The page.</param>
    /// <param name="operation">The render.</param>
    /// <param name="progress">Receives the steps.</param>
    /// <param name="cancellationToken">Cancels the render.</param>
    /// <param name="revoked">Cancels a command that has started: the lease was revoked.</param>
    public Task<PageAnswer> RunAsync(
        IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken, CancellationToken revoked) =>
        IsDocument(operation, page) ? navigation.RunAsync(page, operation, progress, cancellationToken)
        : operation.Command is null ? hostRender.RunAsync(page, operation, progress, cancellationToken)
        : commandRender.RunAsync(page, operation, progress, cancellationToken, revoked);

    /// <summary>Whether the render navigates to the URL: HTML was requested, or the host app cannot render the URL.</summary>
    public bool IsDocument(RenderOperation operation, IRenderPage page) =>
        operation.Formats is [RenderFormat.Html] || (operation.Formats is null && (page.OffersRender != true || !host.IsOrigin(operation.Url)));

    /// <summary>Whether the render needs a page that has booted the host app: the render calls the app, or whether the app can render the URL is not known yet.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="shell">Token of the current host shell; null while none is known.</param>
    public bool NeedsHost(RenderOperation operation, string? shell) =>
        operation.Formats is not [RenderFormat.Html] && (operation.Formats is not null || (host.IsOrigin(operation.Url) && (shell is null || _withoutRender != shell)));

    /// <summary>Remembers whether the host app that a page has booted offers <c>fleet.render</c>.</summary>
    public void Learn(IRenderPage page)
    {
        if (page is { IsHostBooted: true, ShellToken: { } shell })
        {
            _withoutRender = page.OffersRender == false ? shell : _withoutRender == shell ? null : _withoutRender;
        }
    }
}
