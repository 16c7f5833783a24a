using System.Net;
using System.Text.Json;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Agents;

/// <summary>The networks from which crawlers come (<c>Pages:CrawlerNetworks</c>): ranges, and files with ranges as operators of crawlers publish them.</summary>
internal sealed class CrawlerNetworks(IOptions<PagesOptions> options)
{
    private readonly IPNetwork[] _networks = [.. options.Value.CrawlerNetworks.SelectMany(Read)];

    /// <summary>Whether an address is in one of the networks.</summary>
    public bool Contains(IPAddress? address) => address is not null
        && (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) is var plain && _networks.Any(network => network.Contains(plain));

    /// <summary>The ranges of an entry: a range, an address, or the path of a file.</summary>
    /// <exception cref="StartException">The file cannot be read, or has no ranges.</exception>
    internal static IEnumerable<IPNetwork> Read(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
        {
            return [network];
        }

        if (IPAddress.TryParse(entry, out var address))
        {
            return [new(address, address.GetAddressBytes().Length * 8)];
        }

        try
        {
            // {"prefixes":[{"ipv4Prefix":"192.0.2.0/24"},{"ipv6Prefix":"2001:db8::/32"}]}
            var file = JsonSerializer.Deserialize<RangesFile>(File.ReadAllBytes(entry), JsonSerializerOptions.Web);
            List<IPNetwork> ranges = [.. (file?.Prefixes ?? []).Select(static prefix => IPNetwork.Parse(prefix?.Ipv4Prefix ?? prefix?.Ipv6Prefix ?? ""))];
            return ranges.Count > 0 ? ranges : throw new StartException($"Pages:CrawlerNetworks has '{entry}', a file without ranges: it must have \"prefixes\" with \"ipv4Prefix\" or \"ipv6Prefix\".");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or ArgumentException)
        {
            throw new StartException($"Pages:CrawlerNetworks has '{entry}', which is neither a range such as 192.0.2.0/24 nor a file with ranges: {e.Message}");
        }
    }

    private sealed record RangesFile(IReadOnlyList<RangeOfFile?>? Prefixes);

    private sealed record RangeOfFile(string? Ipv4Prefix, string? Ipv6Prefix);
}
