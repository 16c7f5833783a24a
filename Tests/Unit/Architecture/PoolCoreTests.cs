using System.Reflection;

namespace Fleet.Tests.Architecture;

/// <summary>The pool's core only decides: it depends on no browser, Redis or web code.</summary>
public sealed class PoolCoreTests
{
    [Fact]
    public void Types_InTheCore_ComeFromTheFrameworkContractsAndThePoolOnly()
    {
        const string core = "Fleet.PrerenderServer.Pool.Core";
        var types = Assembly.Load("Fleet.PrerenderServer").GetTypes()
            .Where(t => t.Namespace?.StartsWith(core, StringComparison.Ordinal) == true)
            .ToList();

        var foreign = types.SelectMany(t => TypesIn(t).Select(used => (Type: t.FullName, Uses: used)))
            .Where(pair => !IsAllowed(pair.Uses))
            .Select(pair => $"{pair.Type} uses {pair.Uses}")
            .Distinct();

        Assert.NotEmpty(types);
        Assert.Empty(foreign);

        static bool IsAllowed(Type used) =>
            used.Assembly == typeof(object).Assembly
            || used.Assembly.GetName().Name is { } name
                && (name is "Fleet.Contracts" || name.StartsWith("System.", StringComparison.Ordinal))
            || used.Namespace?.StartsWith("Fleet.PrerenderServer.Pool", StringComparison.Ordinal) == true;
    }

    private static IEnumerable<Type> TypesIn(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetFields(all).Select(f => f.FieldType)
            .Concat(type.GetProperties(all).Select(p => p.PropertyType))
            .Concat(type.GetMethods(all).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)))
            .Concat(type.GetConstructors(all).SelectMany(c => c.GetParameters().Select(p => p.ParameterType)))
            .SelectMany(Parts)
            .Where(t => !t.IsGenericParameter);
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];
}
