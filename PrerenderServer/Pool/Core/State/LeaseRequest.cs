using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>A wish for a page.</summary>
/// <param name="Affinity">What may share the browser context, auth scope included.</param>
/// <param name="Depth">0 for a root render, 1 for a render that a render caused, and so on.</param>
/// <param name="Priority">0 to 10; higher first, subject to aging.</param>
/// <param name="Wait">How long to wait at most.</param>
/// <param name="Accept">Which host shell the page may have loaded.</param>
internal sealed record LeaseRequest(string Affinity, int Depth, int Priority, TimeSpan Wait, ShellAcceptance Accept);
