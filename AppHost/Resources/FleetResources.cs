using Fleet.AppHost.Settings;

namespace Fleet.AppHost.Resources;

/// <summary>Configuration that the services of the fleet share.</summary>
internal static class FleetResources
{
    private const string SdkImage = "sdk-image";
    private const string BrowserImage = "browser-image";

    /// <summary>Adds the admin key: <c>Fleet:AdminKey</c>, or a generated key when it is not set. A published model always generates one.</summary>
    public static IResourceBuilder<ParameterResource> AddAdminKey(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, AppHostSettings settings) =>
        settings.Fleet.AdminKey is { } key && builder.ExecutionContext.IsRunMode
            ? builder.AddParameter(name, key, secret: true)
            : builder.AddParameter(name, new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);

    /// <summary>Adds the HTTP endpoint of a service. On this machine it has no proxy, so that a dead service refuses connections at once, and its
    /// host is 127.0.0.1, since origins are compared as text. Without the last call the dashboard warns of a missing certificate, which plain HTTP does not need.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port; null when publishing.</param>
    /// <param name="display">Name of the URL on the dashboard.</param>
    /// <param name="path">Path that the URL on the dashboard opens.</param>
    public static IResourceBuilder<ProjectResource> WithFleetEndpoint(
        this IResourceBuilder<ProjectResource> service, int? port, string display, string path = "/") => (port is null
            ? service.WithHttpEndpoint(name: "http")
            : service.WithHttpEndpoint(port: port, targetPort: port, name: "http", isProxied: false).WithEndpoint("http", endpoint => endpoint.TargetHost = "127.0.0.1"))
            .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = (display, path == "/" ? url.Url : path))
            .WithoutHttpsCertificate();

    /// <summary>Forwards the settings of the command line and the admin key.</summary>
    public static IResourceBuilder<ProjectResource> WithFleetSettings(
        this IResourceBuilder<ProjectResource> service, AppHostSettings settings, IResourceBuilder<ParameterResource> adminKey)
    {
        if (service.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            // All resources stop together: there is no load balancer to notify.
            service.WithEnvironment("Fleet__StopNotice", "00:00:00").WithShortLife();
        }

        // The key itself is passed on, in the environment: a command line is visible to other users.
        foreach (var (key, value) in settings.Forwarded.Where(static setting => !setting.Key.StartsWith("Fleet:AdminKey", StringComparison.OrdinalIgnoreCase)))
        {
            service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return service.WithEnvironment("Fleet__AdminKey", adminKey).WithEnvironment("Fleet__AdminKeyFile", "");
    }

    /// <summary>For a process on a developer's machine, which runs for minutes.</summary>
    public static IResourceBuilder<ProjectResource> WithShortLife(this IResourceBuilder<ProjectResource> service) => service
        // Without instrumentation for PGO, and with the optimization of methods put off until no new one was called for 1 s (0x3E8 ms), its start takes a quarter less CPU time.
        .WithEnvironment("DOTNET_TieredPGO", "0")
        .WithEnvironment("DOTNET_TC_CallCountingDelayMs", "3E8")
        // By default the exporter waits 10 s for its last batch when there is no collector, as when the dashboard has stopped already.
        .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", "1000");

    /// <summary>Sets the public address of a published realm server, which it cannot know behind an ingress.</summary>
    public static IResourceBuilder<ProjectResource> WithPublicUrl(this IResourceBuilder<ProjectResource> realm, AppHostSettings settings) =>
        realm.ApplicationBuilder.ExecutionContext.IsPublishMode && !settings.Forwarded.ContainsKey("Realms:PublicUrl")
            ? realm.WithEnvironment("Realms__PublicUrl", realm.GetEndpoint("http"))
            : realm;

    /// <summary>Publishes a prerender server from its Dockerfile: its image is the only one that needs more than .NET.</summary>
    public static IResourceBuilder<ProjectResource> PublishWithBrowser(this IResourceBuilder<ProjectResource> server)
    {
        var builder = server.ApplicationBuilder;
        if (builder.ExecutionContext.IsRunMode)
        {
            return server;
        }

        var sdk = builder.AddParameterOnce(SdkImage, "Image with the .NET 10 SDK.");
        var browser = builder.AddParameterOnce(BrowserImage, "Image with Playwright's browsers, of the version of Microsoft.Playwright in Directory.Packages.props.");
        return server.PublishAsDockerFile(image => image
            .WithDockerfile("..", "PrerenderServer/Dockerfile")
            .WithBuildArg("SDK_IMAGE", sdk)
            .WithBuildArg("BROWSER_IMAGE", browser));
    }

    private static IResourceBuilder<ParameterResource> AddParameterOnce(this IDistributedApplicationBuilder builder, string name, string description) =>
        builder.Resources.OfType<ParameterResource>().FirstOrDefault(parameter => parameter.Name == name) is { } existing
            ? builder.CreateResourceBuilder(existing)
            : builder.AddParameter(name).WithDescription(description);
}
