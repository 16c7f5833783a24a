using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Routes for operators and for the services among themselves: <c>Authorization: Bearer &lt;Fleet:AdminKey&gt;</c>.</summary>
public static class AdminKeyExtensions
{
    /// <summary>Wants the admin key. Without a configured key nobody gets in.</summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter<TBuilder>(static (invocation, next) =>
            Check(invocation.HttpContext, required: true) is { } refusal ? ValueTask.FromResult<object?>(refusal) : next(invocation));

    /// <summary>Wants the admin key only with <c>Fleet:RequireKey=true</c>.</summary>
    public static TBuilder RequireAdminKeyIfConfigured<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter<TBuilder>(static (invocation, next) =>
            Check(invocation.HttpContext, required: false) is { } refusal ? ValueTask.FromResult<object?>(refusal) : next(invocation));

    /// <summary>Adds the key to every request of a client that calls another service.</summary>
    public static void UseAdminKey(this HttpClient client, FleetOptions options)
    {
        if (options.AdminKey is { } key)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Whether a presented header holds the key. Takes the same time for every wrong key.</summary>
    public static bool Matches(string? authorization, string key)
    {
        const string scheme = "Bearer ";
        var presented = authorization is not null && authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[scheme.Length..]
            : "";
        // Hashes have one length, so the comparison does not tell the key's.
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
                "This route wants the admin key, and none is configured. Set Fleet:AdminKey.");
        }

        if (Matches(http.Request.Headers.Authorization, options.AdminKey))
        {
            return null;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return FleetProblem.Result(StatusCodes.Status401Unauthorized, "wrong-admin-key",
            "This route wants 'Authorization: Bearer <Fleet:AdminKey>'.");
    }
}
