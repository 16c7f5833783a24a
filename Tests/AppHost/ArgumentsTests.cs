using Fleet.AppHost.Settings;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.AppHost;

public sealed class ArgumentsTests
{
    [Theory]
    [InlineData(new string[0], nameof(AppHostCommand.Run))]
    [InlineData(new[] { "setup" }, nameof(AppHostCommand.SetUp))]
    [InlineData(new[] { "--help" }, nameof(AppHostCommand.Help))]
    [InlineData(new[] { "--Fleet:Ports:Realm=0" }, nameof(AppHostCommand.Run))]
    public void Parse_Command_IsUnderstood(string[] args, string command) =>
        Assert.Equal(command, Arguments.Parse(args).Command.ToString());

    [Fact]
    public void Parse_Settings_TakesBothSpellings()
    {
        var settings = Arguments.Parse(["--Fleet:Ports:Realm=0", "--Realms:Root", "/a=b", "--Host:Dist=/x=y"]).Settings;

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
        Assert.StartsWith(message, Assert.Throws<StartException>(() => Arguments.Parse([arg])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--Fleet:Ports:Realm=70000", "Fleet:Ports:Realm is 70000: The field Realm must be between 0 and 65535.")]
    [InlineData("--Fleet:PrerenderServers=0", "Fleet:PrerenderServers is 0: The field PrerenderServers must be between 1 and 16.")]
    [InlineData("--Fleet:AdminKey=short", "Fleet:AdminKey is 5 characters long")]
    [InlineData("--Fleet:Redis=cluster", "Fleet:Redis is 'cluster'")]
    [InlineData("--Fleet:Redis=container", "Fleet:Redis is 'container', which only the Aspire composition can give")]
    [InlineData("--Fleet:Ports:Realms=1", "Unknown setting")]
    [InlineData("--Fleet:Ports:Realm=abc", "Failed to convert configuration value 'abc'")]
    public void Read_WrongValue_SaysSettingValueAndBound(string arg, string message)
    {
        var error = Assert.ThrowsAny<Exception>(() => AppHostSettings.Read([arg]));

        Assert.Contains(message, FleetHost.Explain(error), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Nothing_HasTheDefaults()
    {
        var settings = AppHostSettings.Read([]);

        Assert.Equal(2, settings.Fleet.PrerenderServers);
        Assert.Equal("auto", settings.Fleet.Redis);
    }

    [Fact]
    public void Sections_OfTheServicesOptions_AreKnown() =>
        Assert.Superset(
            new HashSet<string> { "Browser", "ConnectionStrings", "Fleet", "Host", "Logging", "Pool", "Realms" }, Arguments.Sections.ToHashSet());
}
