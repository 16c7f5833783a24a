namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>What went over a debugging socket so far.</summary>
/// <param name="Commands">Commands sent; each is one round trip.</param>
/// <param name="SentBytes">Bytes of them.</param>
/// <param name="ReceivedBytes">Bytes of replies and events.</param>
internal readonly record struct CdpTraffic(long Commands, long SentBytes, long ReceivedBytes)
{
    public static CdpTraffic operator +(CdpTraffic a, CdpTraffic b) =>
        new(a.Commands + b.Commands, a.SentBytes + b.SentBytes, a.ReceivedBytes + b.ReceivedBytes);

    public static CdpTraffic operator -(CdpTraffic a, CdpTraffic b) =>
        new(a.Commands - b.Commands, a.SentBytes - b.SentBytes, a.ReceivedBytes - b.ReceivedBytes);
}
