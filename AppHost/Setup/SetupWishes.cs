using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;

namespace Fleet.AppHost.Setup;

/// <summary>What set-up is to find or install.</summary>
/// <param name="Browser"><c>Browser:ExecutablePath</c>; null when any browser will do.</param>
/// <param name="RedisConnection"><c>ConnectionStrings:redis</c>; null when there is none yet.</param>
/// <param name="Redis"><c>Fleet:Redis</c>.</param>
internal sealed record SetupWishes(string? Browser, string? RedisConnection, string Redis)
{
    /// <summary>Whether the fleet wants a <c>redis-server</c> of its own.</summary>
    public bool WantsRedisServer => RedisConnection is null && (Redis is "auto" or "server");

    /// <summary>Whether it does not start without one.</summary>
    public bool NeedsRedisServer => Redis == "server";

    /// <summary>Reads them from settings.</summary>
    public static SetupWishes From(IConfiguration configuration, FleetOptions fleet) => new(
        Text(configuration["Browser:ExecutablePath"]), Text(configuration.GetConnectionString(RedisExtensions.ConnectionName)), fleet.Redis);

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
