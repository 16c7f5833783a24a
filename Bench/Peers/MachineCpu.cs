using System.Globalization;

namespace Fleet.Bench.Peers;

/// <summary>Processor time of the whole machine, on Linux.</summary>
internal static class MachineCpu
{
    private const double TickMs = 10;

    /// <summary>Milliseconds that all processors were busy so far.</summary>
    public static double Milliseconds()
    {
        // cpu user nice system idle iowait irq softirq steal
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..8].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return (fields.Sum() - fields[3] - fields[4]) * TickMs;
    }
}
