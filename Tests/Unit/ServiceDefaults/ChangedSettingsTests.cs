using Fleet.Manager;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.PrerenderServer.Registration;
using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults.Options;

namespace Fleet.Tests.ServiceDefaults;

public sealed class ChangedSettingsTests
{
    private const string Secret = "planted-secret-planted-secret-0123456789";

    [Fact]
    public void Of_Defaults_AreNotNamed()
    {
        Assert.Empty(ChangedSettings.Of("Fleet", new FleetOptions(), new FleetOptions()));
        Assert.Empty(ChangedSettings.Of("Manager", new ManagerOptions(), new ManagerOptions()));
    }

    [Fact]
    public void Of_ChangedValues_AreNamedWithTheirValue()
    {
        var options = new FleetOptions { RequireKey = true, StopNotice = TimeSpan.FromSeconds(3), AllowedHosts = ["*.example.com", "a.example"], AdminKeyFile = "/run/key" };
        options.Ports.Realm = 1;
        Assert.Equal(
            ["Fleet:AdminKeyFile=/run/key", "Fleet:AllowedHosts=[*.example.com, a.example]", "Fleet:Ports:Realm=1", "Fleet:RequireKey=True", "Fleet:StopNotice=00:00:03"],
            ChangedSettings.Of("Fleet", options, new FleetOptions()).Order(StringComparer.Ordinal));
    }

    public static TheoryData<object> Planted =>
    [
        new FleetOptions { AdminKey = Secret },
        new FleetOptions { AllowedOrigins = [$"http://user:{Secret}@h"] },
        new RealmsOptions { ReadKeys = { ["acme"] = Secret } },
        new RealmsOptions { PublicUrl = $"https://user:{Secret}@h/" },
        new RegistrationOptions { Url = $"http://h/?key={Secret}" },
        new BrowserOptions { ExtraArguments = [$"--proxy-server=http://u:{Secret}@h", $"--some-token={Secret}"] },
    ];

    [Theory]
    [MemberData(nameof(Planted))]
    public void Of_SecretInASetting_IsNamedAndNotShown(object options)
    {
        var changed = Assert.Single(ChangedSettings.Of("Section", options, Activator.CreateInstance(options.GetType())!));
        Assert.StartsWith("Section:", changed, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, changed, StringComparison.Ordinal);
    }
}
