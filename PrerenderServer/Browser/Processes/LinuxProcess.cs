using System.Globalization;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>One process as <c>/proc</c> shows it.</summary>
/// <param name="Id">Process id.</param>
/// <param name="Parent">Id of the parent.</param>
/// <param name="Group">Id of the process group.</param>
internal readonly record struct LinuxProcess(int Id, int Parent, int Group)
{
    /// <summary>All live processes; what ends while we look is left out, and so are zombies, which hold nothing any more.</summary>
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

    /// <summary>A process; null when there is none, or only its zombie.</summary>
    public static LinuxProcess? Read(int id) => TryReadText($"/proc/{id}/stat") is { } stat ? Parse(stat) : null;

    /// <summary>Reads a line of <c>/proc/&lt;pid&gt;/stat</c>. The name in parentheses may contain anything, parentheses and spaces included.</summary>
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

    /// <summary>The arguments of the process; empty when it is gone or not ours to see.</summary>
    public string[] Arguments() => (TryReadText($"/proc/{Id}/cmdline") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Proportional set size in bytes: shared pages are divided among those who share them. Null when the system does not tell.</summary>
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
            // The process ended, or belongs to somebody else.
            return null;
        }
    }
}
