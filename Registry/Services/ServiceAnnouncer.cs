using System.Reflection;
using Fleet.Contracts;
using Fleet.Registry.Reporting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Services;

/// <summary>This service's name in the registry. It is readable and unique to every start, so that a restarted service is not mistaken for its predecessor.</summary>
/// <param name="kind">What the service is.</param>
/// <param name="configuration">Has the resource name, <c>OTEL_SERVICE_NAME</c>.</param>
public sealed class ServiceInstance(ServiceKind kind, IConfiguration configuration)
{
    /// <summary>What the service is.</summary>
    public ServiceKind Kind => kind;

    /// <summary>Resource name and a random part: <c>manager/1f0c2b7a</c>.</summary>
    public string Name { get; } = $"{configuration["OTEL_SERVICE_NAME"] ?? (kind == ServiceKind.Manager ? "manager" : "realm")}/{Guid.NewGuid().ToString("N")[..8]}";
}

/// <summary>Announces a manager or a realm server to the fleet, so that the fleet page shows which of them live, and their versions.</summary>
internal sealed class ServiceAnnouncer(
    ServiceInstance instance, IServiceDirectory directory, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger<ServiceAnnouncer> logger)
    : HeartbeatService("this service", lifetime, timeProvider, logger)
{
    private static readonly string s_version =
        typeof(ServiceAnnouncer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly ServiceRecord _record = new(instance.Kind, instance.Name, s_version, timeProvider.GetUtcNow());

    /// <summary>Removes the announcement. If that fails, it expires.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await directory.RemoveAsync(instance.Name, cancellationToken);
        }
        catch (Exception e) when (e is RegistryUnavailableException or OperationCanceledException)
        {
            // No further action is needed: the entry expires.
        }
    }

    protected override Task SendAsync(CancellationToken cancellationToken) => directory.AnnounceAsync(_record, cancellationToken);
}
