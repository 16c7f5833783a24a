using System.Globalization;

namespace Fleet.Tests.Processes;

/// <summary>The processes of this machine, as <c>/proc</c> shows them.</summary>
internal static class ProcessTree
{
    /// <summary>The ids of all processes.</summary>
    public static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id != 0);

    /// <summary>Children of a process, their children, and so on.</summary>
    public static IReadOnlyList<int> Descendants(int id)
    {
        var children = All().Select(child => (Parent: Parent(child), Id: child)).ToLookup(process => process.Parent, process => process.Id);
        List<int> found = [.. children[id]];
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i]]);
        }

        return found;
    }

    /// <summary>The command line of a process; empty when it has ended.</summary>
    public static string CommandLine(int id) => Read(id, "cmdline").Replace('\0', ' ');

    /// <summary>A file of a process; empty when it has ended.</summary>
    public static string Read(int id, string file)
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

    // The second word after the name, which stands in parentheses and may hold anything.
    private static int Parent(int id) =>
        Read(id, "stat") is var stat && stat.LastIndexOf(')') is > 0 and var end
        && int.TryParse(stat[(end + 2)..].Split(' ')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : 0;
}
