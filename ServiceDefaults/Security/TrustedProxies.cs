using System.ComponentModel.DataAnnotations;
using System.Net;
using Fleet.ServiceDefaults.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Takes the client's address and scheme from the headers of the proxies that <c>Fleet:TrustedProxies</c> names.</summary>
internal static class TrustedProxies
{
    /// <summary>Maximum number of proxies before a service. Further entries of the header are ignored.</summary>
    private const int MaxProxies = 16;

    /// <summary>The network of an address or of a CIDR range; null when the text is neither.</summary>
    public static System.Net.IPNetwork? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(text, out var network) ? network
        : null;

    /// <summary>Reads <c>X-Forwarded-For</c> from its end for as long as the sender of each entry is a trusted proxy, so what other callers send is ignored.</summary>
    /// <exception cref="StartException">The switch of ASP.NET that trusts every caller is also set.</exception>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<IOptions<FleetOptions>>().Value.TrustedProxies;
        if (proxies.Length == 0)
        {
            return;
        }

        if (app.Configuration.GetValue<bool>("FORWARDEDHEADERS_ENABLED"))
        {
            throw new StartException("Fleet:TrustedProxies and ASPNETCORE_FORWARDEDHEADERS_ENABLED are both set. Remove the latter: it trusts the forwarded headers of every caller.");
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = MaxProxies };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(Parse(proxy)!.Value);
        }

        app.UseForwardedHeaders(options);
    }
}

/// <summary>Requires that each string is an IP address or a range in CIDR notation that does not contain all addresses.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressRangesAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not IEnumerable<string> ranges || ranges.All(static range => TrustedProxies.Parse(range) is { PrefixLength: > 0 });

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must be IP addresses or CIDR ranges, such as 10.0.0.7, 10.1.0.0/16 or fd00::/64; a range of all addresses (/0) is refused.";
}
