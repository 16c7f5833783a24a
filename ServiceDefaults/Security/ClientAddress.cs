using System.Net;
using System.Net.Sockets;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Tells clients apart, for limits.</summary>
public static class ClientAddress
{
    /// <summary>What identifies a client: its IPv4 address, or the /64 network of its IPv6 address, since one client can have many of those.</summary>
    public static string KeyOf(IPAddress? client) => client switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => client.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(client.GetAddressBytes().AsSpan(..8)),
        _ => client.ToString(),
    };
}
