using System.Globalization;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>The last events of a pool, for the log of a pool that breaks. Used by one thread at a time.</summary>
internal sealed class EventHistory
{
    /// <summary>How many are kept: 32.</summary>
    public const int Capacity = 32;

    private readonly Queue<(TimeSpan At, PoolEvent Event)> _events = new(Capacity);

    /// <summary>Notes an event before it is applied.</summary>
    public void Add(PoolEvent happened, TimeSpan at)
    {
        if (_events.Count == Capacity)
        {
            _events.Dequeue();
        }

        _events.Enqueue((at, happened));
    }

    /// <summary>The events, oldest first.</summary>
    public override string ToString() =>
        string.Join("; ", _events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.At.TotalSeconds:0.000} s {e.Event}")));
}
