using System.Globalization;

namespace Fleet.AppHost.Local;

/// <summary>Names of the resources, the same in both compositions.</summary>
internal static class ResourceNames
{
    public const string Redis = "redis";
    public const string Realm = "realm";
    public const string Manager = "manager";

    /// <summary>Prerender servers are named one by one, since the manager addresses a particular one.</summary>
    public static string Prerender(int index) => string.Create(CultureInfo.InvariantCulture, $"prerender-{index}");
}
