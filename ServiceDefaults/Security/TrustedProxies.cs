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
            options.KnownIPNetworks.Add(AddressRangesAttribute.Parse(proxy)!.Value);
        }

        app.UseForwardedHeaders(options);
    }
}
