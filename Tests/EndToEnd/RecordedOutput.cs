using System.Collections.Concurrent;
using Fleet.AppHost.Output;

namespace Fleet.Tests.EndToEnd;

/// <summary>What a fleet said, for the message of a failing test.</summary>
internal sealed class RecordedOutput : IFleetOutput
{
    private const int KeptLines = 400;
    private readonly ConcurrentQueue<string> _lines = new();

    public void Write(string source, string line)
    {
        _lines.Enqueue($"{source,-11} | {line}");
        while (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }
    }

    public override string ToString() => string.Join('\n', _lines.TakeLast(80));
}
