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
    [InlineData("Browser:CallTimeout", "5 s", "Browser:CallTimeout is '5 s': it must be a time such as 00:00:05 (hours:minutes:seconds).")]
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

    private static string? Explain<T>(string section, string key, string value)
        where T : class, new()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.AddFleetOptions<T>(section);
        using var app = builder.Build();
        return FleetHost.Explain(Assert.ThrowsAny<Exception>(() => app.Services.GetRequiredService<IOptions<T>>().Value));
    }

    private sealed class AnyOptions
    {
        public bool Flag { get; set; }

        public Nested Inner { get; set; } = new();

        public long? Maybe { get; set; }

        public int[] List { get; set; } = [];

        public Dictionary<string, SandboxMode> Map { get; set; } = [];

        public DateOnly Day { get; set; }

        public sealed class Nested
        {
            public double Ratio { get; set; }
        }
    }
}
