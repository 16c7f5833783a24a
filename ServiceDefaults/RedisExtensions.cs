using Fleet.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Fleet.ServiceDefaults;

/// <summary>Registers the connection to Redis, using Aspire's client integration.</summary>
public static class RedisExtensions
{
    /// <summary>Name of the connection string: <c>ConnectionStrings:redis</c>.</summary>
    public const string ConnectionName = "redis";

    // Less than the second after which an orchestrator gives up a probe by default: a Redis that hangs must not make services unready that can continue without it.
    private static readonly TimeSpan s_healthTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Registers <see cref="IConnectionMultiplexer"/> with health check and traces. A Redis that is unavailable at start is not fatal: the client keeps
    /// connecting, and until it succeeds every call fails with <see cref="RedisException"/>.</summary>
    /// <exception cref="StartException">The connection string is missing or cannot be parsed.</exception>
    public static IHostApplicationBuilder AddFleetRedis(this IHostApplicationBuilder builder)
    {
        Validate(builder.Configuration.GetConnectionString(ConnectionName));
        builder.AddRedisClient(
            ConnectionName,
            settings => settings.DisableTracing = !builder.IsTelemetryExported(),
            options =>
            {
                options.AbortOnConnectFail = false;
                options.ConnectTimeout = 2_000;
                options.SyncTimeout = 2_000;
                options.AsyncTimeout = 2_000;
                options.KeepAlive = 5;
            });

        // Without Redis the services continue with the last state they read: degraded, not unhealthy.
        builder.Services.Configure<HealthCheckServiceOptions>(static checks =>
        {
            foreach (var redis in checks.Registrations.Where(check => check.Name.StartsWith("StackExchange.Redis", StringComparison.Ordinal)))
            {
                (redis.Name, redis.FailureStatus, redis.Timeout) = ("redis", HealthStatus.Degraded, s_healthTimeout);
                var check = redis.Factory;
                redis.Factory = services => new BoundedCheck(check(services));
            }
        });
        return builder;
    }

    private static void Validate(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new StartException(
                "ConnectionStrings:redis is not set. Set it (environment: ConnectionStrings__redis), for example to 127.0.0.1:5379; "
                + "fleet serve runs all services in one process with a Redis of its own.");
        }

        try
        {
            ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"ConnectionStrings:redis cannot be parsed: {e.Message}", e);
        }
    }

    /// <summary>Ends with its timeout, whether the check that it wraps observes its token or not.</summary>
    private sealed class BoundedCheck(IHealthCheck check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            check.CheckHealthAsync(context, cancellationToken).WaitAsync(cancellationToken);
    }
}
