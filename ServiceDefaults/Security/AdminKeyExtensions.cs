using System.Security.Cryptography;
using System.Text;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Protects routes for operators with the admin key, <c>Authorization: Bearer &lt;Fleet:AdminKey&gt;</c>, and routes for other services with the admin key or their
/// <see cref="ServiceToken"/>.</summary>
public static class AdminKeyExtensions
{
    /// <summary>Requires the admin key. Without a configured key every request is rejected.</summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.CheckCallers(Refuse);

    /// <summary>Requires the admin key if <c>Fleet:RequireKey</c> is true.</summary>
    public static TBuilder RequireAdminKeyIfConfigured<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.CheckCallers(static http => Check(http, required: false));

    /// <summary>The answer to a request without the admin key, as of <see cref="RequireAdminKey"/>; null for one with it.</summary>
    public static ProblemHttpResult? Refuse(HttpContext http) => Check(http, required: true);

    /// <summary>Whether a request carries the admin key, or another service's token for this service.</summary>
    public static bool IsTrusted(HttpContext http) =>
        (http.RequestServices.GetRequiredService<IOptions<FleetOptions>>().Value.AdminKey is { } key && Matches(http.Request.Headers.Authorization, key))
        || ServiceToken.IsService(http);

    /// <summary>Whether an <c>Authorization</c> header contains the key. The comparison takes the same time for every wrong key.</summary>
    public static bool Matches(string? authorization, string key)
    {
        const string scheme = "Bearer ";
        var presented = authorization is not null && authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[scheme.Length..]
            : "";
        // Hashes have a fixed length, so the comparison does not reveal the length of the key.
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(presented)), SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    private static ProblemHttpResult? Check(HttpContext http, bool required)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<FleetOptions>>().Value;
        if (!required && !options.RequireKey)
        {
            return null;
        }

        if (options.AdminKey is null)
        {
            return FleetProblem.Result(StatusCodes.Status401Unauthorized, "no-admin-key",
                "This route requires the admin key, but none is configured. Set Fleet:AdminKey.");
        }

        var isOperatedByServices = http.RequestServices.GetService<ServiceAudience>()?.IsOperated == true;
        if (required && !isOperatedByServices ? Matches(http.Request.Headers.Authorization, options.AdminKey) : IsTrusted(http))
        {
            return null;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return FleetProblem.Result(StatusCodes.Status401Unauthorized, "wrong-admin-key",
            "This route requires 'Authorization: Bearer <Fleet:AdminKey>'.");
    }
}
