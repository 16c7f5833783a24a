namespace Fleet.PrerenderServer.Browser.Process;

/// <summary>The rules by which Chromium finds hosts: allowed origins keep their host and port, anything else does not exist. Redirects,
/// sub-resources, rebound names and IP literals all pass this point.</summary>
internal static class HostResolverRules
{
    /// <summary>The value of <c>--host-resolver-rules</c>. The first rule that matches wins.</summary>
    /// <param name="origins">Origins such as <c>http://127.0.0.1:5100</c>.</param>
    public static string For(IEnumerable<string> origins) =>
        // A pattern with a port is matched against host:port: an allowed host stays closed on its other ports.
        string.Join(", ", origins.Select(origin => new Uri(origin)).Select(uri => $"MAP {uri.Host}:{uri.Port} {uri.Host}:{uri.Port}").Append("MAP * ~NOTFOUND"));
}
