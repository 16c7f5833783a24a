using System.Reflection;
using Fleet.ServiceDefaults.Options;

namespace Fleet.Tests.ServiceDefaults;

public sealed class SettingSectionsTests
{
    private static readonly Assembly[] s_services =
    [
        typeof(FleetOptions).Assembly,
        typeof(global::Fleet.Manager.ManagerApp).Assembly,
        typeof(global::Fleet.PrerenderServer.PrerenderServerApp).Assembly,
        typeof(global::Fleet.RealmServer.RealmServerApp).Assembly,
    ];

    // The AppHost refuses settings of sections that are not in its list, since it cannot load the services' options.
    [Fact]
    public void All_SectionsOfTheServicesOptions_AreListed() =>
        Assert.Equal(
            s_services.SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
                .Select(type => type.GetField("Section", BindingFlags.Static | BindingFlags.Public)?.GetRawConstantValue() as string)
                .OfType<string>()
                .Select(section => section.Split(':')[0])
                .Append("Logging")
                .Distinct()
                .Order(StringComparer.Ordinal),
            SettingSections.All);
}
