namespace Fleet.PrerenderServer;

/// <summary>Who this server is.</summary>
/// <param name="name">The configured name; null for the address.</param>
/// <param name="address">The address that it registers.</param>
internal sealed class ServerIdentity(string? name, ServerAddress address)
{
    /// <summary>A GUID of this process; a restarted server is another one.</summary>
    public string Incarnation { get; } = Guid.NewGuid().ToString("N");

    /// <summary>For people: the resource name, <c>prerender-0</c>, else host and port, which no other server has at the same time.</summary>
    public string Name => name ?? (Uri.TryCreate(address.Url, UriKind.Absolute, out var url) ? url.Authority : Incarnation);
}
