using System.Globalization;
using System.Net;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Fleet.ServiceDefaults.Ports;

namespace Aspire.Hosting;

/// <summary>Adds a prerender fleet to an AppHost.</summary>
public static class FleetBuilderExtensions
{
    /// <summary>Adds a fleet: <c>fleet serve</c> of the .NET tool <c>Fleet</c> in the version of this package, which <c>dotnet tool exec</c> downloads from NuGet at the first start.
    /// Without <see cref="WithHostApp"/> it serves Fleet's sample.</summary>
    /// <param name="builder">The AppHost.</param>
    /// <param name="name">Name of the resource, and of its connection string.</param>
    /// <param name="sitePort">Port of the site on 127.0.0.1. Default: any free one.</param>
    /// <param name="managerPort">Port of the manager on 127.0.0.1. Default: any free one.</param>
    public static IResourceBuilder<FleetResource> AddFleet(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? sitePort = null, int? managerPort = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var fleet = new FleetResource(name, "dotnet", builder.AppHostDirectory)
        {
            AdminKey = builder.AddParameter($"{name}-admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true).Resource,
        };
        return builder.AddResource(fleet)
            .WithFleetEndpoint(FleetResource.SiteEndpointName, sitePort, "Site")
            .WithFleetEndpoint(FleetResource.ManagerEndpointName, managerPort, "Fleet")
            .WithHttpHealthCheck("/health", endpointName: FleetResource.ManagerEndpointName)
            .WithHttpHealthCheck("/health", endpointName: FleetResource.SiteEndpointName)
            .WithEnvironment("Fleet__AdminKey", fleet.AdminKey)
            .WithArgs(context => AddArguments(fleet, context))
            .ExcludeFromManifest();
    }

    /// <summary>Serves an app: the folder that a build of it writes, with its <c>index.html</c>.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="dist">The folder, relative to the AppHost.</param>
    public static IResourceBuilder<FleetResource> WithHostApp(this IResourceBuilder<FleetResource> fleet, string dist) => fleet.WithFolder("--dist", dist);

    /// <summary>Serves realms: a folder with one folder of content per realm.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="folder">The folder, relative to the AppHost.</param>
    public static IResourceBuilder<FleetResource> WithRealms(this IResourceBuilder<FleetResource> fleet, string folder) => fleet.WithFolder("--realms", folder);

    /// <summary>Keeps stored pages across restarts.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="folder">The folder, relative to the AppHost; created if need be.</param>
    public static IResourceBuilder<FleetResource> WithDataFolder(this IResourceBuilder<FleetResource> fleet, string folder) => fleet.WithFolder("--data", folder);

    /// <summary>Sets how many pages render at the same time.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="count">1 to 64.</param>
    public static IResourceBuilder<FleetResource> WithSlots(this IResourceBuilder<FleetResource> fleet, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 64);
        return fleet.WithSetting("Pool:Slots", count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Allows pages of another resource to be rendered: of a web app that sends its crawlers to the fleet (<c>Fleet.AspNetCore</c>).</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="origin">The resource's endpoint.</param>
    public static IResourceBuilder<FleetResource> WithOrigin(this IResourceBuilder<FleetResource> fleet, EndpointReference origin)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(origin);
        return fleet.WithAnnotation(new FleetArgument("--origin", ReferenceExpression.Create($"{origin.Property(EndpointProperty.Url)}")));
    }

    /// <summary>Sets a setting of the fleet. A secret belongs in the environment: the fleet refuses one on its command line.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="key">The setting: <c>Pages:RouteMaxAge</c>.</param>
    /// <param name="value">Its value.</param>
    public static IResourceBuilder<FleetResource> WithSetting(this IResourceBuilder<FleetResource> fleet, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentException.ThrowIfNullOrEmpty(key);
        return fleet.WithAnnotation(new FleetArgument("--set", ReferenceExpression.Create($"{key}={value}")));
    }

    /// <summary>Starts an installed program instead of the .NET tool in the version of this package.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="program">A program to start, such as <c>fleet</c>, or an assembly (<c>.dll</c>) to start with <c>dotnet</c>.</param>
    public static IResourceBuilder<FleetResource> WithProgram(this IResourceBuilder<FleetResource> fleet, string program)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentException.ThrowIfNullOrEmpty(program);
        fleet.Resource.Annotations.Add(new FleetProgram(program));
        return program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? fleet : fleet.WithCommand(program);
    }

    // Without a proxy, and under the address that the fleet knows itself by: origins are compared as text.
    private static IResourceBuilder<FleetResource> WithFleetEndpoint(this IResourceBuilder<FleetResource> fleet, string name, int? port, string display)
    {
        var own = port ?? FreePort();
        return fleet.WithHttpEndpoint(port: own, targetPort: own, name: name, isProxied: false)
            .WithEndpoint(name, static endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithUrlForEndpoint(name, url => url.DisplayText = display);
    }

    private static int FreePort()
    {
        using var listener = FreePorts.Listen();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Also gets the tool from this source of packages: a folder or a URL.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="source">The folder, relative to the AppHost, or the URL.</param>
    public static IResourceBuilder<FleetResource> WithToolSource(this IResourceBuilder<FleetResource> fleet, string source)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentException.ThrowIfNullOrEmpty(source);
        var isUrl = Uri.TryCreate(source, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        return fleet.WithAnnotation(new FleetToolSource(isUrl ? source : Path.GetFullPath(source, fleet.ApplicationBuilder.AppHostDirectory)));
    }

    private static IResourceBuilder<FleetResource> WithFolder(this IResourceBuilder<FleetResource> fleet, string option, string folder)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.GetFullPath(folder, fleet.ApplicationBuilder.AppHostDirectory);
        return fleet.WithAnnotation(new FleetArgument(option, ReferenceExpression.Create($"{path}")));
    }

    private static void AddArguments(FleetResource fleet, CommandLineArgsCallbackContext context)
    {
        foreach (var argument in StartOf(fleet.Annotations.OfType<FleetProgram>().LastOrDefault(), fleet.Annotations.OfType<FleetToolSource>()))
        {
            context.Args.Add(argument);
        }

        context.Args.Add("serve");
        context.Args.Add("--port");
        context.Args.Add(fleet.SiteEndpoint.Property(EndpointProperty.TargetPort));
        context.Args.Add("--manager-port");
        context.Args.Add(fleet.ManagerEndpoint.Property(EndpointProperty.TargetPort));
        foreach (var (option, value) in fleet.Annotations.OfType<FleetArgument>())
        {
            context.Args.Add(option);
            context.Args.Add(value);
        }
    }

    private static IEnumerable<string> StartOf(FleetProgram? program, IEnumerable<FleetToolSource> sources) => program switch
    {
        null => ["tool", "exec", $"Fleet@{Version}", "--yes", .. sources.SelectMany(static source => new[] { "--add-source", source.Source }), "--"],
        { Path: var path } when path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) => [path],
        _ => [],
    };

    private static string Version { get; } = typeof(FleetBuilderExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private sealed record FleetArgument(string Option, ReferenceExpression Value) : IResourceAnnotation;

    private sealed record FleetToolSource(string Source) : IResourceAnnotation;

    private sealed record FleetProgram(string Path) : IResourceAnnotation;
}
