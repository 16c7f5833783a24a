using System.Globalization;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>A process, as reported by <c>/proc</c>.</summary>
/// <param name="Id">Process id.</param>
/// <param name="Parent">Id of the parent.</param>
/// <param name="Group">Id of the process group.</param>
internal readonly record struct LinuxProcess(int Id, int Parent, int Group)
{
    /// <summary>All running processes. Skips zombies, and processes that exit during the enumeration.</summary>
    public static IEnumerable<LinuxProcess> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } process)
            {
                yield return process;
            }
        }
    }

    /// <summary>Reads a process; null if it does not exist or is a zombie.</summary>
    public static LinuxProcess? Read(int id) => TryReadText($"/proc/{id}/stat") is { } stat ? Parse(stat) : null;

    /// <summary>Parses a line of <c>/proc/&lt;pid&gt;/stat</c>. The name in parentheses may contain anything, parentheses and spaces included.</summary>
    public static LinuxProcess? Parse(string stat)
    {
        var nameEnd = stat.LastIndexOf(')');
        if (nameEnd < 0 || !int.TryParse(stat[..stat.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        var fields = stat[(nameEnd + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [not ("Z" or "X"), var parent, var group, ..]
            ? new(id, int.Parse(parent, CultureInfo.InvariantCulture), int.Parse(group, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>The arguments of the process; empty if it has exited or cannot be read.</summary>
    public string[] Arguments() => (TryReadText($"/proc/{Id}/cmdline") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Resident memory in bytes, shared memory included; 0 if the process has exited.</summary>
    public long ResidentBytes() =>
        TryReadText($"/proc/{Id}/statm")?.Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;

    /// <summary>Proportional set size in bytes: shared memory is divided among its processes. Null if not available.</summary>
    public long? ProportionalBytes() =>
        TryReadText($"/proc/{Id}/smaps_rollup")?.Split('\n')
            .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Select(line => (long?)(long.Parse(line[4..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024))
            .FirstOrDefault();

    private static string? TryReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has exited, or belongs to another user.
            return null;
        }
    }
}
