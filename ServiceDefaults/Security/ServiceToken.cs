using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.ServiceDefaults.Security;

/// <summary>The name under which other services call this one; the tokens that they send are valid here only. A service without one accepts no tokens.</summary>
/// <param name="Name">The audience: <see cref="ServiceToken.Manager"/>, <see cref="ServiceToken.RealmServer"/>, or that of a prerender server.</param>
/// <param name="IsOperated">Whether services also call its operator routes, as managers do with prerender servers and realm servers. Default: false, renders only.</param>
public sealed record ServiceAudience(string Name, bool IsOperated = false);

/// <summary>The credential of a service that calls another: <c>fleet-service.&lt;expires&gt;.&lt;signature&gt;</c>. It is valid for one receiver and a few minutes. So the
/// admin key is sent to no address, and an address that is not what it claims to be gets nothing that opens another service.</summary>
public static class ServiceToken
{
    /// <summary>The audience of all managers.</summary>
    public const string Manager = "manager";

    /// <summary>The audience of all realm servers.</summary>
    public const string RealmServer = "realm";

    private const string Prefix = "fleet-service.";

    /// <summary>How long a token is valid, 5 min, and how far the receiver's clock may be behind the sender's.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    /// <summary>The audience of one process of a prerender server.</summary>
    public static string PrerenderServer(string incarnation) => "prerender:" + incarnation;

    /// <summary>Creates a token for one receiver.</summary>
    public static string Create(byte[] key, string audience, DateTimeOffset now)
    {
        var expires = (now + s_lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Prefix + expires + "." + Sign(key, audience, expires);
    }

    /// <summary>Whether a token is signed with the key, for this receiver, and valid now.</summary>
    public static bool IsValid(string token, byte[] key, string audience, DateTimeOffset now) =>
        token.StartsWith(Prefix, StringComparison.Ordinal)
        && token[Prefix.Length..].Split('.') is [var expires, var signature]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(key, audience, expires)))
        && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && DateTimeOffset.FromUnixTimeSeconds(seconds) is var end && end > now && end <= now + (2 * s_lifetime);

    /// <summary>Adds the credential for one receiver to a request. Without an admin key there is none.</summary>
    public static void Authorize(this HttpRequestMessage request, FleetKeys keys, string audience, DateTimeOffset now)
    {
        if (keys.Services is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Create(key, audience, now));
        }
    }

    /// <summary>Whether a request carries a token of another service for this one.</summary>
    public static bool IsService(HttpContext http)
    {
        const string scheme = "Bearer ";
        var services = http.RequestServices;
        return http.Request.Headers.Authorization.ToString() is var text && text.StartsWith(scheme + Prefix, StringComparison.OrdinalIgnoreCase)
            && services.GetService<ServiceAudience>() is { } audience
            && services.GetRequiredService<FleetKeys>().Services is { } key
            && IsValid(text[scheme.Length..], key, audience.Name, services.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    private static string Sign(byte[] key, string audience, string expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{audience}\n{expires}")));
}

/// <summary>Adds the credential for one receiver to every request of a client.</summary>
/// <param name="keys">The key that signs it.</param>
/// <param name="audience">The receiver.</param>
/// <param name="time">The clock.</param>
public sealed class ServiceTokenHandler(FleetKeys keys, string audience, TimeProvider time) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Authorize(keys, audience, time.GetUtcNow());
        return base.SendAsync(request, cancellationToken);
    }
}
