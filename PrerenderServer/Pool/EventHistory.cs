using System.Globalization;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>The latest events of a pool, logged when an invariant breaks. Not thread-safe.</summary>
internal sealed class EventHistory
{
    /// <summary>Number of events kept: 32.</summary>
    public const int Capacity = 32;

    private readonly Queue<(TimeSpan At, PoolEvent Event)> _events = new(Capacity);

    /// <summary>Records an event before it is applied.</summary>
    public void Add(PoolEvent poolEvent, TimeSpan at)
    {
        if (_events.Count == Capacity)
        {
            _events.Dequeue();
        }

        _events.Enqueue((at, poolEvent));
    }

    /// <summary>The events, oldest first.</summary>
    public override string ToString() =>
        string.Join("; ", _events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.At.TotalSeconds:0.000} s {e.Event}")));
}
