using Azure.Provisioning.RedisEnterprise;
using Fleet.AppHost.Local;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.AppHost.Aspire;

/// <summary>The Redis that the fleet coordinates through.</summary>
internal static class FleetRedisExtensions
{
    /// <summary>Adds Redis: the one that a connection string names, else Azure Managed Redis in a deployment, else a container when asked
    /// for, else a <c>redis-server</c> of this machine, which needs no container runtime.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddFleetRedis(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, FleetOptions fleet)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name)))
        {
            return builder.AddConnectionString(name);
        }

        if (builder.ExecutionContext.IsPublishMode)
        {
            // With a key, since the services' client knows connection strings, not Azure's identities.
            return builder.AddAzureManagedRedis(name).WithAccessKeyAuthentication().ConfigureInfrastructure(infrastructure =>
                // The scripts touch several keys at once, so it must not be sharded; Azure's default is.
                infrastructure.GetProvisionableResources().OfType<RedisEnterpriseDatabase>().Single().ClusteringPolicy = RedisEnterpriseClusteringPolicy.NoCluster);
        }

        return fleet.Redis == "container"
            ? builder.AddRedis(name, builder.LocalPort(fleet.Ports.Redis))
            : builder.AddLocalRedis(name, fleet.Ports.Redis);
    }

    private static IResourceBuilder<LocalRedisResource> AddLocalRedis(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int wish)
    {
        var port = FreePorts.Take([new(name, "Fleet:Ports:Redis", wish)])[name];
        var launch = RedisServer.Launch(LocalRedisResource.Program, port);
        var health = $"{name}-ping";
        builder.Services.AddHealthChecks().AddAsyncCheck(health, async cancellationToken =>
            await RedisServer.PingAsync(port, cancellationToken).ConfigureAwait(false) is { } complaint
                ? HealthCheckResult.Unhealthy(complaint)
                : HealthCheckResult.Healthy());

        return builder.AddResource(new LocalRedisResource(name))
            .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: LocalRedisResource.EndpointName, isProxied: false)
            .WithArgs([.. launch.Arguments])
            .WithHealthCheck(health)
            .WithRequiredCommand(LocalRedisResource.Program)
            .WithIconName("DatabaseLightning")
            .ExcludeFromManifest();
    }
}
