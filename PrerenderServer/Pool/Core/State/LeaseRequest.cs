using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>A request for a page.</summary>
/// <param name="Affinity">Key of the requests that may share a browser context, including the auth scope.</param>
/// <param name="Depth">0 for a root render, 1 for a render that a render caused, and so on.</param>
/// <param name="Priority">0 to 10; higher first, subject to aging.</param>
/// <param name="Wait">Maximum wait.</param>
/// <param name="Accept">Which host shell the page may have loaded.</param>
/// <param name="NeedsHost">Whether the page must have booted the host app. Otherwise a page that is created for the request does not boot it.</param>
internal sealed record LeaseRequest(string Affinity, int Depth, int Priority, TimeSpan Wait, ShellAcceptance Accept, bool NeedsHost = true);
