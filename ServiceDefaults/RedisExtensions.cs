using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Fleet.ServiceDefaults;

/// <summary>The connection to Redis. The one place where the two flavours of the fleet differ in a service.</summary>
public static class RedisExtensions
{
    /// <summary>Name of the connection string: <c>ConnectionStrings:redis</c>.</summary>
    public const string ConnectionName = "redis";

    /// <summary>Registers <see cref="IConnectionMultiplexer"/>. A Redis that is away at start is not fatal: the connection is made when it comes,
    /// and until then every call says so.</summary>
    public static IHostApplicationBuilder AddFleetRedis(this IHostApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString(ConnectionName);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new StartException(
                "ConnectionStrings:redis is not set. Set it (environment: ConnectionStrings__redis), for example to 127.0.0.1:5379; "
                + "for one process without Redis run the AppHost with Fleet:Redis=memory.");
        }

#if USE_ASPIRE
        // Health and telemetry are the fleet's own: Redis away is degraded, not unhealthy.
        builder.AddRedisClient(
            ConnectionName,
            settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, true),
            Configure);
#else
        var options = Parse(connectionString);
        Configure(options);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(options));
#endif
        return builder;
    }

    private static void Configure(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 2_000;
        options.SyncTimeout = 2_000;
        options.KeepAlive = 5;
    }

#if !USE_ASPIRE
    private static ConfigurationOptions Parse(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"ConnectionStrings:redis cannot be read: {e.Message}", e);
        }
    }
#endif
}
