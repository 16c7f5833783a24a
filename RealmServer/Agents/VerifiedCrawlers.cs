namespace Fleet.RealmServer.Agents;

/// <summary>Tells crawlers that have proved who they are from requests that only name one. Anyone can send a User-Agent.</summary>
internal sealed class VerifiedCrawlers(CrawlerNetworks networks, AgentSignatures signatures)
{
    /// <summary>Whether a request comes from a network of crawlers, or has a valid signature of an agent.</summary>
    public async ValueTask<bool> IsVerifiedAsync(HttpContext http) =>
        networks.Contains(http.Connection.RemoteIpAddress) || await signatures.AgentOfAsync(http.Request, http.RequestAborted) is not null;
}
