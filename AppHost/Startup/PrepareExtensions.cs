using Fleet.AppHost.Settings;
using Fleet.BrowserSetup;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Ports;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.AppHost.Startup;

/// <summary>The outcome of <see cref="PrepareExtensions.PrepareAsync"/>.</summary>
/// <param name="Settings">The validated settings; null when the program must exit.</param>
/// <param name="ExitCode">Exit code when <paramref name="Settings"/> is null.</param>
internal readonly record struct Prepared(AppHostSettings? Settings, int ExitCode);

/// <summary>Checks and installs what the fleet needs before the app model is built.</summary>
internal static class PrepareExtensions
{
    // Settings that are paths. Relative ones start at the caller's folder, not at the folder of the service's project.
    private static readonly string[] s_pathSettings = ["Host:Dist", "Realms:Root", "Browser:ExecutablePath", "Browser:ProfileRoot"];

    /// <summary>Reads the settings, installs a browser when there is none, allocates the ports, and configures the orchestrator. Reports a wrong
    /// setting as one sentence on standard error, with exit code 1.</summary>
    public static async Task<Prepared> PrepareAsync(this IDistributedApplicationBuilder builder, string[] args)
    {
        if (CommandLine.IsHelp(args))
        {
            Console.WriteLine(CommandLine.Usage);
            return new(null, 0);
        }

        try
        {
            CommandLineSecrets.Reject(args);
            var forwarded = CommandLine.Parse(args);
            var fleet = Bind(builder.Configuration);
            if (builder.ExecutionContext.IsPublishMode)
            {
                return new(new AppHostSettings(fleet, forwarded, new Dictionary<string, int>()), 0);
            }

            await BrowserInstaller.EnsureAsync(
                builder.Configuration["Browser:ExecutablePath"], Console.WriteLine, TimeProvider.System, CancellationToken.None);
            var ownRedis = string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("redis"));
            var ports = TcpPorts.Allocate(PortPlan.Create(fleet, ownRedis));
            ConfigureOrchestrator(builder);
            builder.Services.AddHostedService<StartupSummary>().AddHostedService<ParentWatch>();
            builder.Services.AddTransient<HealthProbeHandler>().ConfigureHttpClientDefaults(static client => client.AddHttpMessageHandler<HealthProbeHandler>());
            var settings = new AppHostSettings(fleet, WithAbsolutePaths(forwarded, builder.Configuration), ports);
            builder.Services.AddSingleton(settings);
            return new(settings, 0);
        }
        catch (Exception e) when (FleetHost.Explain(e) is { } reason)
        {
            await Console.Error.WriteLineAsync($"The fleet cannot start: {reason}");
            return new(null, 1);
        }
    }

    private static void ConfigureOrchestrator(IDistributedApplicationBuilder builder)
    {
        // Plain HTTP on 127.0.0.1 needs no developer certificate.
        builder.Configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] ??= "true";
        // The check starts another .NET process and asks the package feed, while the fleet starts; the packages' versions are pinned.
        builder.Configuration["ASPIRE_VERSION_CHECK_DISABLED"] ??= "true";
        // Exit only once every port is free again.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] ??= "true";
    }

    private static Dictionary<string, string> WithAbsolutePaths(IReadOnlyDictionary<string, string> forwarded, ConfigurationManager configuration)
    {
        var settings = new Dictionary<string, string>(forwarded, StringComparer.OrdinalIgnoreCase);
        foreach (var key in s_pathSettings)
        {
            if (configuration[key] is { Length: > 0 } path)
            {
                settings[key] = Path.GetFullPath(path);
            }
        }

        return settings;
    }

    private static FleetOptions Bind(IConfiguration configuration)
    {
        var host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        host.Configuration.AddConfiguration(configuration);
        host.AddFleetOptions<FleetOptions>(FleetOptions.Section);
        using var services = host.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<FleetOptions>>().Value;
    }
}
