namespace Fleet.Tests.EndToEnd;

/// <summary>The log of a fleet, for searches.</summary>
internal sealed class FleetLog
{
    private readonly Lock _gate = new();
    private readonly List<(string Source, string Line)> _lines = [];

    /// <summary>Number of lines; a position to search from.</summary>
    public int Mark
    {
        get
        {
            lock (_gate)
            {
                return _lines.Count;
            }
        }
    }

    public void Write(string source, string line)
    {
        lock (_gate)
        {
            _lines.Add((source, line));
        }
    }

    /// <summary>Lines that contain a text, from a position on.</summary>
    public IReadOnlyList<(string Source, string Line)> Find(string text, int from = 0)
    {
        lock (_gate)
        {
            return [.. _lines.Skip(from).Where(l => l.Line.Contains(text, StringComparison.Ordinal))];
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines.TakeLast(60).Select(l => $"{l.Source,-11} | {l.Line}"));
        }
    }
}
