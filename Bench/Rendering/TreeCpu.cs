using System.Globalization;

namespace Fleet.Bench.Rendering;

/// <summary>Processor time of this process and all that it started: browser, renderers, driver.</summary>
internal static class TreeCpu
{
    private const double TickMs = 10;

    /// <summary>Milliseconds so far. Of processes that have ended, what their parents collected.</summary>
    public static double Milliseconds()
    {
        var processes = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => Read(name!)).OfType<Stat>().ToList();
        var tree = new HashSet<int> { Environment.ProcessId };
        for (var grown = true; grown;)
        {
            grown = processes.Where(process => tree.Contains(process.Parent)).Aggregate(false, (any, process) => tree.Add(process.Id) || any);
        }

        return processes.Where(process => tree.Contains(process.Id)).Sum(process => process.Ticks) * TickMs;
    }

    private static Stat? Read(string id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name, in brackets, may hold anything; what follows it are numbers.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new(Number(id), Number(fields[1]), fields[11..15].Sum(Number));
        }
        catch (IOException)
        {
            // It has just ended.
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Stat(int Id, int Parent, int Ticks);
}
