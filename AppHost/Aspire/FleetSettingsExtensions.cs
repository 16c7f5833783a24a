using Fleet.AppHost.Settings;
using Fleet.AppHost.Setup;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;

namespace Fleet.AppHost.Aspire;

/// <summary>The fleet's settings in an Aspire app model.</summary>
internal static class FleetSettingsExtensions
{
    /// <summary>The checked options of section <c>Fleet</c>.</summary>
    public static FleetOptions GetFleetOptions(this IDistributedApplicationBuilder builder)
    {
        var fleet = AppHostSettings.Bind(builder.Configuration);
        return fleet.Redis != "memory" ? fleet : throw new StartException(
            "Fleet:Redis is 'memory', which only the local composition can give (-p:UseAspire=false). Here it is auto, server or container.");
    }

    /// <summary>What set-up is to find or install.</summary>
    public static SetupWishes GetSetupWishes(this IDistributedApplicationBuilder builder, FleetOptions fleet) =>
        SetupWishes.From(builder.Configuration, fleet);

    /// <summary>The admin key: <c>Fleet:AdminKey</c>, else one that is made for the run.</summary>
    public static IResourceBuilder<ParameterResource> AddFleetAdminKey(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, FleetOptions fleet) =>
        fleet.AdminKey is null
            ? builder.AddParameter(name, new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true)
            : builder.AddParameterFromConfiguration(name, "Fleet:AdminKey", secret: true);

    /// <summary>The one address of a service: in run mode 127.0.0.1 as in the local composition, since origins are compared by their text.</summary>
    public static IResourceBuilder<ProjectResource> WithFleetEndpoint(this IResourceBuilder<ProjectResource> service, int port)
    {
        var builder = service.ApplicationBuilder;
        service.WithHttpEndpoint(port: builder.LocalPort(port), name: "http");
        return builder.ExecutionContext.IsRunMode ? service.WithEndpoint("http", endpoint => endpoint.TargetHost = "127.0.0.1") : service;
    }

    /// <summary>A port of this machine. 0 means any free one; a deployment has its own.</summary>
    public static int? LocalPort(this IDistributedApplicationBuilder builder, int port) =>
        builder.ExecutionContext.IsRunMode && port != 0 ? port : null;

    /// <summary>Hands every setting that the AppHost was given to the service, as the local composition does, and the admin key.</summary>
    public static IResourceBuilder<ProjectResource> WithFleetSettings(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ParameterResource> adminKey)
    {
        var configuration = service.ApplicationBuilder.Configuration;
        foreach (var (key, value) in Arguments.ServiceSections.SelectMany(section => configuration.GetSection(section).AsEnumerable()))
        {
            if (value is not null && key.Contains(':', StringComparison.Ordinal))
            {
                service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
            }
        }

        if (service.ApplicationBuilder.ExecutionContext.IsRunMode && configuration["Fleet:StopNotice"] is null)
        {
            // As in the local composition: all of them stop together. A deployment keeps the default.
            service.WithEnvironment("Fleet__StopNotice", "00:00:00");
        }

        return service.WithEnvironment("Fleet__AdminKey", adminKey);
    }
}
