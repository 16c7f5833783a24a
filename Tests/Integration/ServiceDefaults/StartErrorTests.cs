using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>The errors of wrong settings: setting, value, bound.</summary>
public sealed class StartErrorTests
{
    [Theory]
    [InlineData("Fleet:PrerenderServers", "0", "Fleet:PrerenderServers is 0", "between 1 and 16")]
    [InlineData("Fleet:PrerenderServers", "many", "Fleet:PrerenderServers is 'many'", "a whole number")]
    [InlineData("Fleet:Ports:Realm", "70000", "Fleet:Ports:Realm is 70000", "between 0 and 65535")]
    [InlineData("Fleet:Redis", "sqlite", "Fleet:Redis is 'sqlite'", "Redis")]
    [InlineData("Fleet:AllowedOrigins:0", "https://a.example/path", "Fleet:AllowedOrigins is [https://a.example/path]", "without path")]
    [InlineData("Fleet:AdminKey", "short", "Fleet:AdminKey is 5 characters long", "it must be 32 to 256")]
    [InlineData("Fleet:AdminKey", "a key of words", "Fleet:AdminKey is", "without spaces")]
    [InlineData("Fleet:AdminKey", "0123456789abcdef0123456789abcdef\n", "Fleet:AdminKey is", "visible ASCII characters")]
    [InlineData("Fleet:AdminKey", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Fleet:AdminKey is", "8 of them different")]
    [InlineData("Fleet:AdminKye", "x", "Unknown setting under Fleet", "'AdminKye'")]
    [InlineData("Fleet:Ports:Relam", "1", "Unknown setting under Fleet", "'Relam'")]
    public async Task Start_WrongSetting_SentenceNamesSettingValueAndBound(string key, string value, string names, string bound)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0")]);
        builder.AddServiceDefaults();
        await using var app = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync(TestContext.Current.CancellationToken));

        var sentence = FleetHost.Explain(error);
        Assert.NotNull(sentence);
        Assert.Contains(names, sentence, StringComparison.Ordinal);
        Assert.Contains(bound, sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Logging:LogLevel:Default", "loud", "Logging:LogLevel:Default is 'loud': it must be one of Trace, Debug, Information, Warning, Error, Critical, None.")]
    [InlineData("Logging:Console:LogLevel:Fleet", "9", "Logging:Console:LogLevel:Fleet is '9': it must be one of Trace")]
    [InlineData("urls", "here", "ASPNETCORE_URLS (--urls) has 'here': it must be an address to listen on")]
    [InlineData("urls", "http://127.0.0.1:0;http://127.0.0.1:99999", "ASPNETCORE_URLS (--urls) has 'http://127.0.0.1:99999': it must be")]
    [InlineData("urls", "ftp://127.0.0.1:0", "ASPNETCORE_URLS (--urls) has 'ftp://127.0.0.1:0'")]
    [InlineData("urls", "http://192.0.2.1:0", "ASPNETCORE_URLS names an address that this machine does not have")]
    public async Task Start_WrongSettingOfDotnet_IsOneSentence(string key, string value, string sentence)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var app = Listening(new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0", [key] = value });
            await app.StartAsync(TestContext.Current.CancellationToken);
        });

        Assert.StartsWith(sentence, FleetHost.Explain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_PortTaken_ReturnsItsExitCodeInsteadOfCrashing()
    {
        await using var first = Listening();
        await first.StartAsync(TestContext.Current.CancellationToken);
        var taken = first.Urls.Single();

        var code = await FleetHost.RunAsync("second", [], _ => Listening(taken));

        // Another process has it, perhaps the one that this one replaces: worth another try.
        Assert.Equal(FleetHost.CannotStartYet, code);
    }

    [Fact]
    public async Task RunAsync_SecretOnTheCommandLine_BuildsNothing() =>
        Assert.Equal(FleetHost.CannotStart, await FleetHost.RunAsync("third", ["--Fleet:AdminKey=a-key-that-other-users-can-read"], _ => throw new InvalidOperationException("Was built.")));

    [Fact]
    public void Explain_UnknownError_LeavesItToCrash() => Assert.Null(FleetHost.Explain(new InvalidOperationException("a bug")));

    [Theory]
    [InlineData("not-a-url")]
    [InlineData("ftp://x")]
    public void GetServiceUri_Malformed_NamesTheSetting(string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("services:realm:http:0", value)]).Build();
        var error = Assert.Throws<StartException>(() => configuration.GetServiceUri("realm"));
        Assert.Contains("services:realm:http:0", error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetServiceUri_Missing_SaysHowToSetIt()
    {
        var error = Assert.Throws<StartException>(() => new ConfigurationBuilder().Build().GetServiceUri("manager"));
        Assert.Contains("services__manager__http__0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddFleetRedis_NoConnectionString_SaysHowToSetItAndHowToDoWithout()
    {
        var error = Assert.Throws<StartException>(() => WebApplication.CreateBuilder().AddFleetRedis());
        Assert.Contains("ConnectionStrings__redis", error.Message, StringComparison.Ordinal);
        Assert.Contains("fleet serve", error.Message, StringComparison.Ordinal);
    }

    private static WebApplication Listening(string url = "http://127.0.0.1:0") => Listening(new Dictionary<string, string?> { ["urls"] = url });

    private static WebApplication Listening(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults();
        return builder.Build();
    }
}
