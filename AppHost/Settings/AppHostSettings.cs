using Fleet.AppHost.Setup;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.AppHost.Settings;

/// <summary>What the AppHost was told, by command line and environment, checked.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Fleet">The shared settings.</param>
/// <param name="Setup">What is to be found or installed.</param>
/// <param name="IsSample">Whether the sample's realms are served: the developer brought neither an app nor realms.</param>
internal sealed record AppHostSettings(Arguments Arguments, FleetOptions Fleet, SetupWishes Setup, bool IsSample)
{
    /// <summary>Reads and checks everything that this composition uses. The command line wins over the environment.</summary>
    /// <exception cref="StartException">Something is not understood.</exception>
    /// <exception cref="OptionsValidationException">A setting is out of bounds.</exception>
    public static AppHostSettings Read(IReadOnlyList<string> args)
    {
        var arguments = Arguments.Parse(args);
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(arguments.Settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
            .Build();
        var fleet = Bind(configuration);
        if (fleet.Redis == "container")
        {
            throw new StartException(
                "Fleet:Redis is 'container', which only the Aspire composition can give (-p:UseAspire=true). Here it is auto, server or memory.");
        }

        return new(arguments, fleet, SetupWishes.From(configuration, fleet), IsSample: string.IsNullOrEmpty(configuration["Realms:Root"]) && string.IsNullOrEmpty(configuration["Host:Dist"]));
    }

    /// <summary>The checked options of section <c>Fleet</c>.</summary>
    /// <exception cref="OptionsValidationException">A setting is out of bounds.</exception>
    public static FleetOptions Bind(IConfiguration configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddConfiguration(configuration);
        builder.AddFleetOptions<FleetOptions>(FleetOptions.Section);
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<FleetOptions>>().Value;
    }
}
