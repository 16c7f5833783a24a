namespace Fleet.PrerenderServer;

/// <summary>Who this server is.</summary>
/// <param name="Name">The resource name, for people: <c>prerender-0</c>.</param>
/// <param name="Incarnation">A GUID of this process; a restarted server is another one.</param>
internal sealed record ServerIdentity(string Name, string Incarnation);
