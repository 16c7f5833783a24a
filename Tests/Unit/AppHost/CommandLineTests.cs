using Fleet.AppHost.Settings;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.AppHost;

using CommandLine = Fleet.AppHost.Settings.CommandLine;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("help", true)]
    [InlineData("--help", true)]
    [InlineData("-h", true)]
    [InlineData("--Fleet:Ports:Realm=0", false)]
    public void IsHelp_Argument_IsUnderstood(string arg, bool expected) =>
        Assert.Equal(expected, CommandLine.IsHelp(["--Fleet:PrerenderServers=1", arg]));

    [Fact]
    public void Parse_Settings_TakesBothSpellings()
    {
        var settings = CommandLine.Parse(["--Fleet:Ports:Realm=0", "--Realms:Root", "/a=b", "--Host:Dist=/x=y"]);

        Assert.Equal("0", settings["fleet:ports:realm"]);
        Assert.Equal("/a=b", settings["Realms:Root"]);
        Assert.Equal("/x=y", settings["Host:Dist"]);
    }

    [Theory]
    [InlineData("start", "'start' is not understood")]
    [InlineData("--Flet:Ports:Realm=0", "--Flet:Ports:Realm is not a setting")]
    [InlineData("--urls=http://*:80", "--urls is not a setting")]
    [InlineData("--Fleet:Redis", "--Fleet:Redis has no value")]
    public void Parse_WrongArgument_NamesIt(string arg, string message) =>
        Assert.StartsWith(message, Assert.Throws<StartException>(() => CommandLine.Parse([arg])).Message, StringComparison.Ordinal);

    // Aspire reads these itself; a service would refuse some of them.
    [Theory]
    [InlineData("--publisher=manifest")]
    [InlineData("--DcpPublisher:ContainerRuntime=podman")]
    [InlineData("--ConnectionStrings:redis=127.0.0.1:6379")]
    public void Parse_OptionOfAspire_IsNotForwarded(string arg) => Assert.Empty(CommandLine.Parse([arg]));

    [Theory]
    [InlineData("--Fleet:Ports:Realm=70000", "Fleet:Ports:Realm is 70000: The field Realm must be between 0 and 65535.")]
    [InlineData("--Fleet:PrerenderServers=0", "Fleet:PrerenderServers is 0: The field PrerenderServers must be between 1 and 16.")]
    [InlineData("--Fleet:AdminKey=short", "Fleet:AdminKey is 5 characters long")]
    [InlineData("--Fleet:Redis=cluster", "Fleet:Redis is 'cluster'")]
    [InlineData("--Fleet:Ports:Realms=1", "Unknown setting")]
    [InlineData("--Fleet:Ports:Realm=abc", "Fleet:Ports:Realm is 'abc': it must be a whole number.")]
    public void Bind_WrongValue_SaysSettingValueAndBound(string arg, string message)
    {
        var error = Assert.ThrowsAny<Exception>(() => Bind(arg));

        Assert.Contains(message, FleetHost.Explain(error), StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_Nothing_HasTheDefaults()
    {
        var fleet = Bind();

        Assert.Equal(2, fleet.PrerenderServers);
        Assert.Equal("garnet", fleet.Redis);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(true, "Pool:Slots")]
    [InlineData(false, "Host:Dist")]
    [InlineData(false, "Realms:Root")]
    public void IsSample_ForwardedSettings_IsWhatNeitherAppNorRealmsReplace(bool expected, params string[] keys) =>
        Assert.Equal(expected, new AppHostSettings(new FleetOptions(), keys.ToDictionary(key => key, _ => "x"), new Dictionary<string, int>()).IsSample);

    private static FleetOptions Bind(params string[] args)
    {
        var host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        host.Configuration.AddCommandLine(args);
        host.AddFleetOptions<FleetOptions>(FleetOptions.Section);
        using var services = host.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<FleetOptions>>().Value;
    }
}
