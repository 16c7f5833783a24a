using System.Globalization;
using Fleet.AppHost.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.AppHost.Resources;

/// <summary>The Redis of the fleet.</summary>
/// <param name="Connection">Its connection string.</param>
/// <param name="Server">The resource to start first; null when the AppHost does not start Redis.</param>
internal sealed record FleetRedis(IResourceBuilder<IResourceWithConnectionString> Connection, IResourceBuilder<IResource>? Server);

/// <summary>Adds Redis to the app model.</summary>
internal static class RedisResources
{
    /// <summary>Adds the Redis that <c>ConnectionStrings:redis</c> names, else a container (<c>Fleet:Redis=container</c>, or a published
    /// model), else Garnet as a process of this machine.</summary>
    public static FleetRedis AddFleetRedis(this IDistributedApplicationBuilder builder, [ResourceName] string name, AppHostSettings settings)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name)))
        {
            return new(builder.AddConnectionString(name), null);
        }

        if (builder.ExecutionContext.IsPublishMode || settings.Fleet.Redis == "container")
        {
            var container = builder.AddRedis(name, settings.PortOf(name));
            return new(container, container);
        }

        return builder.AddGarnet(name, settings.PortOf(name)!.Value);
    }

    /// <summary>Passes the connection string to a service, and starts the service after Redis. A service connects in the background and reports itself
    /// as degraded until then, so it does not wait for Redis to be healthy: that would add the intervals of Aspire's health checks to each start. It does wait for a Redis that has
    /// died and is started again.</summary>
    public static IResourceBuilder<ProjectResource> WithRedis(this IResourceBuilder<ProjectResource> service, FleetRedis redis)
    {
        service.WithReference(redis.Connection);
        return redis.Server is { } server ? service.WaitForStart(server, WaitBehavior.WaitOnResourceUnavailable) : service;
    }

    private static FleetRedis AddGarnet(this IDistributedApplicationBuilder builder, string name, int port)
    {
        var password = builder.AddParameter($"{name}-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
        var garnet = builder.AddProject<Projects.Garnet>("garnet", project => project.ExcludeLaunchProfile = true)
            .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithEndpoint("tcp", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithEnvironment("Garnet__Port", port.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("Garnet__Password", password)
            .WithShortLife()
            .WithoutHttpsCertificate()
            .WithRestart();
        var connection = builder.AddConnectionString(
            name, ReferenceExpression.Create($"{garnet.GetEndpoint("tcp").Property(EndpointProperty.HostAndPort)},password={password}"));

        var check = $"{name}-ping";
        builder.Services.AddHealthChecks().AddRedis(
            _ => connection.Resource.ConnectionStringExpression.GetValueAsync(default).AsTask().GetAwaiter().GetResult()!, check);
        return new(connection, garnet.WithHealthCheck(check));
    }
}
