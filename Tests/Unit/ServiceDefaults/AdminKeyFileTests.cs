using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Boundaries 3 and 5: the key of every service may be in a file, and must be long enough.</summary>
public sealed class AdminKeyFileTests : IDisposable
{
    private const string Key = "a-key-in-a-file-of-more-than-32-characters";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void AdminKeyFile_FileWithAKey_IsTheKeyWithoutItsLineEnd()
    {
        File.WriteAllText(_file, Key + "\r\n");

        Assert.Equal(Key, Bind($"--Fleet:AdminKeyFile={_file}").AdminKey);
    }

    [Fact]
    public void AdminKeyFile_Empty_IsNoKey() => Assert.Null(Bind("--Fleet:AdminKeyFile=").AdminKey);

    [Fact]
    public void AdminKeyFile_AndAKey_NamesBoth()
    {
        File.WriteAllText(_file, Key);

        Assert.Contains("Fleet:AdminKey and Fleet:AdminKeyFile are both set", ErrorOf($"--Fleet:AdminKeyFile={_file}", $"--Fleet:AdminKey={Key}"), StringComparison.Ordinal);
    }

    [Fact]
    public void AdminKeyFile_WithoutAKey_NamesFileAndRuleButNotTheText()
    {
        File.WriteAllText(_file, "my-short-secret");

        var error = ErrorOf($"--Fleet:AdminKeyFile={_file}");

        Assert.Contains(_file, error, StringComparison.Ordinal);
        Assert.Contains("32 to 256", error, StringComparison.Ordinal);
        Assert.DoesNotContain("my-short-secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AdminKeyFile_Missing_NamesIt() => Assert.Contains("/nowhere/at-all", ErrorOf("--Fleet:AdminKeyFile=/nowhere/at-all"), StringComparison.Ordinal);

    [Theory]
    [InlineData("a-key-of-31-characters-012345678")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("a key with spaces of more than 32 characters")]
    [InlineData("ein-schlüssel-von-mehr-als-32-zeichen-länge")]
    public void AdminKey_Weak_SaysTheRuleAndHowToMakeOne(string key)
    {
        var error = ErrorOf("--Fleet:AdminKey=" + key[..Math.Min(key.Length, key.StartsWith("a-key-of-31", StringComparison.Ordinal) ? 31 : key.Length)]);

        Assert.Contains("Fleet:AdminKey is ", error, StringComparison.Ordinal);
        Assert.Contains("openssl rand -hex 32", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    private static string ErrorOf(params string[] args) => FleetHost.Explain(Assert.ThrowsAny<Exception>(() => Bind(args)))!;

    private static FleetOptions Bind(params string[] args)
    {
        var host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        host.Configuration.AddCommandLine(args);
        host.AddFleetOptions<FleetOptions>(FleetOptions.Section);
        using var services = host.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<FleetOptions>>().Value;
    }
}
