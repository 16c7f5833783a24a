using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Redis;
using Fleet.Tests.Docs;
using StackExchange.Redis;

namespace Fleet.Tests.Contracts;

/// <summary>Services of two versions run beside each other during an upgrade, on one Redis. So the contract between them is append-only: names and types of JSON
/// members, words of enums, keys of Redis. <c>wire-contract.txt</c> has them as they were released.</summary>
public sealed class WireContractTests
{
    private const string Snapshot = "Tests/Unit/Contracts/wire-contract.txt";

    [Fact]
    public void Contract_ComparedWithTheSnapshot_OnlyGrows()
    {
        var snapshot = File.ReadAllLines(Repository.File(Snapshot)).Where(static line => line.Length > 0).ToList();
        var current = Current().ToList();

        var gone = snapshot.Except(current, StringComparer.Ordinal).ToList();
        var added = current.Except(snapshot, StringComparer.Ordinal).ToList();
        Assert.True(gone.Count == 0 && added.Count == 0, string.Join('\n',
        [
            .. gone.Select(static line => $"Removed or changed, which a service of the version before does not survive: {line}"),
            .. added.Select(static line => line.EndsWith(", required", StringComparison.Ordinal)
                ? $"New and required, which a service of the version before does not write (make it optional, unless its whole record is new): {line}"
                : $"New: add it to {Snapshot}, and see \"Versions and releases\" in CONTRIBUTING.md: {line}"),
        ]));
    }

    private static IEnumerable<string> Current() =>
        Types().SelectMany(Describe).Concat(Keys()).Order(StringComparer.Ordinal);

    // Records and enums that are sent as JSON: those of the contracts, and those that the registry stores.
    private static IEnumerable<Type> Types() =>
        new[] { typeof(FleetJson).Assembly, typeof(RegistryTtl).Assembly }.SelectMany(static assembly => assembly.GetExportedTypes())
            .Where(static type => type.IsEnum || (!type.IsAbstract && type.GetMethod("<Clone>$") is not null && !type.ContainsGenericParameters));

    private static IEnumerable<string> Describe(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(word => $"enum {type.Name}: {JsonNamingPolicy.CamelCase.ConvertName(word)}")
        : FleetJson.Options.GetTypeInfo(type).Properties.Where(static member => member.Get is not null).Select(member => $"json {type.Name}.{member.Name}: {NameOf(member.PropertyType)}{(IsRequired(member) ? ", required" : "")}");

    private static bool IsRequired(JsonPropertyInfo member) => member.IsRequired;

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return NameOf(value);
        }

        var arguments = type.IsGenericType ? type.GetGenericArguments() : [];
        return (type.IsArray, arguments.Length) switch
        {
            (true, _) => NameOf(type.GetElementType()!) + "[]",
            (_, 1) => NameOf(arguments[0]) + "[]",
            (_, 2) => $"{{{NameOf(arguments[0])}: {NameOf(arguments[1])}}}",
            _ => type.Name,
        };
    }

    private static IEnumerable<string> Keys()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var constant = typeof(RedisKeys).GetFields(all).Select(static field => field.GetValue(null)?.ToString());
        var made = typeof(RedisKeys).GetMethods(all).Where(static method => method.ReturnType == typeof(RedisKey) && method.GetParameters() is [{ } only] && only.ParameterType == typeof(string))
            .Select(static method => method.Invoke(null, [$"{{{method.GetParameters()[0].Name}}}"])?.ToString());
        return constant.Concat(made).OfType<string>().Distinct(StringComparer.Ordinal).Select(static key => $"redis {key}");
    }
}
