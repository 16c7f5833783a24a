using System.Globalization;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>A value that is not of its setting's type: the error names setting and value, and says what is allowed.</summary>
public sealed class WrongTypeTests
{
    [Theory]
    [InlineData("Browser:Versions", "Newest", "Browser:Versions is 'Newest': it must be one of Any, Tested.")]
    [InlineData("Browser:sandbox", "it's off", "Browser:Sandbox is 'it's off': it must be one of Auto, On, Off.")]
    [InlineData("Browser:CallTimeout", "5 s", "Browser:CallTimeout is '5 s': it must be a time as hours:minutes:seconds, such as 00:00:05; days come before it, such as 1.00:00:00.")]
    [InlineData("Browser:Sandbox", "7", "Browser:Sandbox is '7': it must be one of Auto, On, Off.")]
    [InlineData("Browser:Sandbox", "On,Off", "Browser:Sandbox is 'On,Off': it must be one of Auto, On, Off.")]
    [InlineData("Browser:ExtraArguments", "--mute", "Browser:ExtraArguments is a list: write Browser:ExtraArguments:0=value for its first value, Browser:ExtraArguments:1=value for the next.")]
    [InlineData("Browser:MaxPageEvents:0", "9", "Browser:MaxPageEvents:0 is not a setting: Browser:MaxPageEvents has one value. Write Browser:MaxPageEvents=value.")]
    [InlineData("Browser:MaxPageEvents", "1e99", "Browser:MaxPageEvents is '1e99': it must be a whole number.")]
    public void Browser_ValueOfAnotherType_NamesSettingAndExpectedType(string key, string value, string expected) => Assert.Equal(expected, Explain<BrowserOptions>(BrowserOptions.Section, key, value));

    [Theory]
    [InlineData("Pool:Slots", "four", "Pool:Slots is 'four': it must be a whole number.")]
    public void Pool_ValueOfAnotherType_NamesSettingAndExpectedType(string key, string value, string expected) => Assert.Equal(expected, Explain<PoolOptions>("Pool", key, value));

    [Theory]
    [InlineData("Any:Flag", "yes", "Any:Flag is 'yes': it must be true or false.")]
    [InlineData("Any:Inner:Ratio", "half", "Any:Inner:Ratio is 'half': it must be a number.")]
    [InlineData("Any:Maybe", "x", "Any:Maybe is 'x': it must be a whole number.")]
    [InlineData("Any:List:0", "x", "Any:List:0 is 'x': it must be a whole number.")]
    [InlineData("Any:Map:key", "x", "Any:Map:key is 'x': it must be one of Auto, On, Off.")]
    [InlineData("Any:Day", "x", "Any:Day is 'x': it must be of another type; docs/settings.md says which.")]
    public void Any_ValueOfAnotherType_NamesSettingAndExpectedType(string key, string value, string expected) => Assert.Equal(expected, Explain<AnyOptions>("Any", key, value));

    /// <summary>What an operator means as a day or a minute, and what .NET makes of it.</summary>
    [Theory]
    [InlineData("24:00:00", 24)]
    [InlineData("60", 60)]
    public void Dotnet_TimeThatIsNotWrittenAsOne_IsReadAsDays(string value, int days) => Assert.Equal(days, TimeSpan.Parse(value, CultureInfo.InvariantCulture).TotalDays);

    [Theory]
    [InlineData("24:00:00")]
    [InlineData("90:00")]
    [InlineData("60")]
    [InlineData("1:00:00:00")]
    [InlineData("00:90:00")]
    [InlineData("00:01")]
    public void Any_TimeThatIsNotWrittenAsOne(string value) => Assert.Equal(
        $"Any:Span is '{value}': it must be a time as hours:minutes:seconds, such as 00:00:05; days come before it, such as 1.00:00:00.", Explain<AnyOptions>("Any", "Any:Span", value));

    [Theory]
    [InlineData("00:00:00.250", 250)]
    [InlineData("1.02:03:04", 93_784_000)]
    [InlineData("8:0:0", 28_800_000)]
    [InlineData(" 00:00:05 ", 5_000)]
    public void Any_TimeThatIsWrittenAsOne_IsTaken(string value, int milliseconds) => Assert.Equal(milliseconds, Bind<AnyOptions>("Any", "Any:Span", value).Span.TotalMilliseconds);

    [Theory]
    [InlineData("Any:Map", "x", "Any:Map has values by name, not one: write Any:Map:<name>=value.")]
    [InlineData("Any:Inner", "x", "Any:Inner is a group of settings, not one: write Any:Inner:Ratio=value, for example.")]
    public void Any_OneValueForSeveral(string key, string value, string expected) => Assert.Equal(expected, Explain<AnyOptions>("Any", key, value));

    private static string? Explain<T>(string section, string key, string value)
        where T : class, new() => FleetHost.Explain(Assert.ThrowsAny<Exception>(() => Bind<T>(section, key, value)));

    private static T Bind<T>(string section, string key, string value)
        where T : class, new()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.AddFleetOptions<T>(section);
        using var app = builder.Build();
        return app.Services.GetRequiredService<IOptions<T>>().Value;
    }

    private sealed class AnyOptions
    {
        public bool Flag { get; set; }

        public Nested Inner { get; set; } = new();

        public long? Maybe { get; set; }

        public int[] List { get; set; } = [];

        public Dictionary<string, SandboxMode> Map { get; set; } = [];

        public DateOnly Day { get; set; }

        public TimeSpan Span { get; set; }

        public sealed class Nested
        {
            public double Ratio { get; set; }
        }
    }
}
