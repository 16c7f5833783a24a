using Fleet.Standalone.Hosting;

namespace Fleet.Tests.Standalone;

public sealed class ServiceArgumentsTests
{
    private static readonly StandaloneAddresses s_addresses = new(new("http://127.0.0.1:5100"), new("http://127.0.0.1:5200"), new("http://127.0.0.1:5301"));
    private static readonly StandaloneSettings s_settings = new() { Browser = "/usr/bin/chromium" };

    [Theory]
    [InlineData(ServiceArguments.Realm, "http://127.0.0.1:5100", null, "http://127.0.0.1:5200")]
    [InlineData(ServiceArguments.Manager, "http://127.0.0.1:5200", "http://127.0.0.1:5100", null)]
    [InlineData(ServiceArguments.Prerender, "http://127.0.0.1:5301", "http://127.0.0.1:5100", "http://127.0.0.1:5200")]
    public void For_Service_HasItsAddressAndTheOthers(string service, string own, string? realm, string? manager)
    {
        var arguments = For(service, s_settings);

        Assert.Equal(own, arguments["urls"]);
        Assert.Equal(realm, arguments.GetValueOrDefault("services:realm:http:0"));
        Assert.Equal(manager, arguments.GetValueOrDefault("services:manager:http:0"));
        Assert.Equal("127.0.0.1:6379,password=p", arguments["ConnectionStrings:redis"]);
        Assert.Equal("key-of-the-run", arguments["Fleet:AdminKey"]);
        Assert.Equal("", arguments["Fleet:AdminKeyFile"]);
    }

    [Fact]
    public void For_Settings_ReachEveryServiceAndReplaceDefaults()
    {
        var settings = s_settings with { Settings = new Dictionary<string, string> { ["Pool:Slots"] = "8", ["fleet:stopnotice"] = "00:00:02" } };

        Assert.All((string[])[ServiceArguments.Realm, ServiceArguments.Manager, ServiceArguments.Prerender], service =>
        {
            var arguments = For(service, settings);
            Assert.Equal("8", arguments["Pool:Slots"]);
            Assert.Equal("00:00:02", arguments["Fleet:StopNotice"]);
        });
    }

    [Fact]
    public void For_SettingThatThePartsMustAgreeOn_IsNotReplaced() =>
        Assert.Equal("http://127.0.0.1:5100", For(ServiceArguments.Realm, s_settings with { Settings = new Dictionary<string, string> { ["URLS"] = "http://*:80" } })["urls"]);

    [Fact]
    public void For_Origins_AreNumbered()
    {
        var arguments = For(ServiceArguments.Manager, s_settings with { Origins = ["https://a.example", "https://b.example"] });

        Assert.Equal("https://a.example", arguments["Fleet:AllowedOrigins:0"]);
        Assert.Equal("https://b.example", arguments["Fleet:AllowedOrigins:1"]);
    }

    [Fact]
    public void For_RelativeFolders_AreMadeAbsolute()
    {
        var arguments = For(ServiceArguments.Realm, s_settings with { Dist = "dist", Realms = "realms" });

        Assert.Equal(Path.GetFullPath("dist"), arguments["Host:Dist"]);
        Assert.Equal(Path.GetFullPath("realms"), arguments["Realms:Root"]);
    }

    [Fact]
    public void For_Sample_LeavesFoldersToTheService()
    {
        var arguments = For(ServiceArguments.Realm, s_settings);

        Assert.DoesNotContain("Host:Dist", arguments.Keys);
        Assert.DoesNotContain("Realms:Root", arguments.Keys);
    }

    [Fact]
    public void For_OneShot_IndexesNothingAndRepeatsNothing()
    {
        Assert.Equal("false", For(ServiceArguments.Realm, s_settings with { IsOneShot = true })["Index:Enabled"]);
        Assert.Equal("1", For(ServiceArguments.Manager, s_settings with { IsOneShot = true })["Manager:MaxAttempts"]);
        Assert.DoesNotContain("Index:Enabled", For(ServiceArguments.Realm, s_settings).Keys);
    }

    [Fact]
    public void For_TracesAndMetrics_AreExportedByOneServiceForAll() =>
        Assert.Equal([ServiceArguments.Realm, ServiceArguments.Prerender],
            ((string[])[ServiceArguments.Realm, ServiceArguments.Manager, ServiceArguments.Prerender])
                .Where(service => For(service, s_settings).ContainsKey("OTEL_TRACES_EXPORTER")));

    private static Dictionary<string, string> For(string service, StandaloneSettings settings) =>
        ServiceArguments.For(service, settings, s_addresses, "127.0.0.1:6379,password=p", "key-of-the-run")
            .Select(argument => argument[2..].Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
}
