namespace Fleet.Tests.Docs;

/// <summary>The settings that docs/settings.md lists.</summary>
internal static class SettingsTable
{
    /// <summary>The names in the table: <c>Pool:Slots</c>.</summary>
    public static HashSet<string> Names() => File.ReadLines(Repository.File("docs/settings.md"))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('`')[1])
        .ToHashSet(StringComparer.Ordinal);
}
