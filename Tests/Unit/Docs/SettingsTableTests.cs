using System.Reflection;

namespace Fleet.Tests.Docs;

/// <summary>The settings table of the docs has every option of every service, and nothing else.</summary>
public sealed class SettingsTableTests
{
    private static readonly Assembly[] s_services =
    [
        typeof(global::Fleet.ServiceDefaults.Options.FleetOptions).Assembly,
        typeof(global::Fleet.Manager.ManagerApp).Assembly,
        typeof(global::Fleet.PrerenderServer.PrerenderServerApp).Assembly,
        typeof(global::Fleet.RealmServer.RealmServerApp).Assembly,
    ];

    [Fact]
    public void Settings_EveryOption_HasItsRow()
    {
        var options = s_services.SelectMany(assembly => assembly.GetTypes())
            .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Static | BindingFlags.Public)?.GetRawConstantValue() as string))
            .Where(found => found.Section is not null && found.Type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(found => Names(found.Section!, found.Type))
            .ToHashSet(StringComparer.Ordinal);

        var rows = SettingsTable.Names();

        Assert.NotEmpty(options);
        Assert.Empty(options.Except(rows).Select(name => $"{name} is missing in docs/settings.md"));
        Assert.Empty(rows.Except(options).Select(name => $"{name} in docs/settings.md is no setting"));
    }

    private static IEnumerable<string> Names(string section, Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => property.CanWrite)
        .SelectMany(property => property.PropertyType.Namespace == type.Namespace && property.PropertyType.IsClass
            ? Names($"{section}:{property.Name}", property.PropertyType)
            : [$"{section}:{property.Name}"]);
}
