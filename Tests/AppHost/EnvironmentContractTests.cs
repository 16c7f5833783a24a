using Fleet.AppHost.Local;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Configuration;

namespace Fleet.Tests.AppHost;

public sealed class EnvironmentContractTests
{
    private static readonly Topology s_topology = new(
        new Uri("http://127.0.0.1:5100"),
        new Uri("http://127.0.0.1:5200"),
        [new Uri("http://127.0.0.1:5301"), new Uri("http://127.0.0.1:5302")],
        "127.0.0.1:5379",
        "a-key-for-tests",
        new Dictionary<string, string> { ["Realms:Root"] = "/my/realms", ["fleet:adminkey"] = "as typed" });

    [Theory]
    [InlineData("realm", "ASPNETCORE_URLS", "http://127.0.0.1:5100")]
    [InlineData("realm", "OTEL_SERVICE_NAME", "realm")]
    [InlineData("realm", "services__manager__http__0", "http://127.0.0.1:5200")]
    [InlineData("realm", "services__realm__http__0", null)]
    [InlineData("manager", "ASPNETCORE_URLS", "http://127.0.0.1:5200")]
    [InlineData("manager", "services__realm__http__0", "http://127.0.0.1:5100")]
    [InlineData("manager", "services__manager__http__0", null)]
    [InlineData("prerender-1", "ASPNETCORE_URLS", "http://127.0.0.1:5302")]
    [InlineData("prerender-1", "OTEL_SERVICE_NAME", "prerender-1")]
    [InlineData("prerender-1", "services__realm__http__0", "http://127.0.0.1:5100")]
    [InlineData("prerender-1", "services__manager__http__0", "http://127.0.0.1:5200")]
    [InlineData("prerender-1", "ConnectionStrings__redis", "127.0.0.1:5379")]
    [InlineData("prerender-1", "Fleet__Redis", null)]
    [InlineData("prerender-1", "Fleet__AdminKey", "a-key-for-tests")]
    [InlineData("prerender-1", "Realms__Root", "/my/realms")]
    [InlineData("manager", "Fleet__StopNotice", "00:00:00")]
    public void For_Service_SetsWhatAspireSets(string service, string variable, string? value) =>
        Assert.Equal(value, EnvironmentContract.For(service, s_topology).GetValueOrDefault(variable));

    [Fact]
    public void For_NoRedis_SaysMemory()
    {
        var variables = EnvironmentContract.For("manager", s_topology with { Redis = null });

        Assert.Equal("memory", variables["Fleet__Redis"]);
        Assert.False(variables.ContainsKey("ConnectionStrings__redis"));
    }

    [Fact]
    public void For_SettingOfTheUser_IsKept()
    {
        var topology = s_topology with { Settings = new Dictionary<string, string> { ["fleet:stopnotice"] = "00:00:05" } };

        Assert.Equal("00:00:05", EnvironmentContract.For("manager", topology)["Fleet__StopNotice"]);
    }

    [Fact]
    public void AsArguments_ReadByAService_SaysTheSame()
    {
        var arguments = EnvironmentContract.AsArguments(EnvironmentContract.For("prerender-0", s_topology));

        var configuration = new ConfigurationBuilder().AddCommandLine(arguments).Build();

        Assert.Equal("http://127.0.0.1:5301", configuration["urls"]);
        Assert.Equal("prerender-0", configuration["OTEL_SERVICE_NAME"]);
        Assert.Equal(new Uri("http://127.0.0.1:5200/"), configuration.GetServiceUri("manager"));
        Assert.Equal("a-key-for-tests", configuration["Fleet:AdminKey"]);
    }

    [Fact]
    public void For_EveryService_LeavesNothingOfTheShellThatContradicts() =>
        Assert.Contains("ASPNETCORE_URLS", EnvironmentContract.NotInherited);
}
