using System.Net;
using System.Net.Sockets;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Connects to hosts that an operator has named. It connects to the very addresses that it has checked, so that no later answer of DNS can differ: a public name must not lead
/// into the network of this machine.</summary>
public static class PublicConnection
{
    private static readonly HostAllowList s_internal = new([]);

    private static readonly IPNetwork[] s_private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Connects to the first address of a host that may be used.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var usable = addresses.Where(address => IsAllowed(host, address)).ToArray();
        if (usable.Length == 0)
        {
            throw new ForbiddenAddressException($"'{host}' is a public name and leads to {string.Join(", ", addresses.Take(3))}, which is not a public address.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(usable, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether a host may be reached at an address. Addresses, and names that cannot be registered in public DNS, are used as the operator wrote them; any other name must
    /// lead to a public address.</summary>
    public static bool IsAllowed(string host, IPAddress address) => s_internal.Allows(host) || !IsPrivate(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>Whether a host can be a name in public DNS. Addresses, names without a dot and names of reserved domains cannot.</summary>
    public static bool IsPublicName(string host) => !s_internal.Allows(host);

    private static bool IsPrivate(IPAddress address) => s_private.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
}

/// <summary>A host leads to an address that may not be used.</summary>
public sealed class ForbiddenAddressException(string message) : IOException(message);
