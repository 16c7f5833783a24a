using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Learning;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>One call of the host app's <c>fleet.render</c> or <c>fleet.extract</c>.</summary>
/// <param name="Method"><c>render</c> or <c>extract</c>.</param>
/// <param name="Request">Its argument as JSON text.</param>
/// <param name="Formats">The requested formats.</param>
/// <param name="Realm">URL prefix of the fetched URLs that count as dependencies.</param>
/// <param name="Key">What decides whether it is painted.</param>
/// <param name="IsPainted">Whether the page has layout and paint.</param>
internal sealed record HostCall(string Method, string Request, IReadOnlyList<RenderFormat> Formats, string Realm, RouteKey Key, bool IsPainted);
