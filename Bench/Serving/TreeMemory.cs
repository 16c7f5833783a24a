using System.Globalization;

namespace Fleet.Bench.Serving;

/// <summary>The memory of a process and all that it started, on Linux: each page counted once, divided among those who share it.</summary>
internal static class TreeMemory
{
    /// <summary>In bytes; what has ended meanwhile counts nothing.</summary>
    public static long Of(int root)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id != 0)
            .Select(id => (Id: id, Parent: ParentOf(id)))
            .ToLookup(process => process.Parent, process => process.Id);
        return Sum(root);

        long Sum(int id) => ProportionalSize(id) + children[id].Sum(Sum);
    }

    private static int ParentOf(int id) =>
        Read(id, "stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;

    private static long ProportionalSize(int id) =>
        Read(id, "smaps_rollup").Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal)) is { } line
            ? 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            : 0;

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
