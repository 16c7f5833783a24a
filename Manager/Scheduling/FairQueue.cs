namespace Fleet.Manager.Scheduling;

/// <summary>
/// Who is next, fairly. Renders queue in lanes of one affinity and one priority. Each takes a place in virtual time when it comes: one step
/// behind the last of its lane, and a step is the shorter the higher the priority. So a lane with a thousand renders and a lane with one take
/// turns, somebody who waits goes ahead of index work eleven to one, and nobody starves. Start-time fair queueing.
/// An empty lane is kept while its place is ahead of virtual time: its next render waits until the other lanes have caught up.
/// Bounded: when it is full, the longest lane gives up its newest, if the newcomer's lane is shorter.
/// Without clocks and tasks; the caller synchronizes.
/// </summary>
internal sealed class FairQueue<T>(int capacity) where T : class
{
    private readonly PriorityQueue<Place, (double Start, long Arrival)> _order = new();
    private readonly Dictionary<(string Affinity, int Priority), Lane> _lanes = [];

    // Lanes that became empty while they were ahead, each once, by where they stood then.
    private readonly PriorityQueue<Lane, (double End, long Arrival)> _ahead = new();
    private double _now;
    private long _arrivals;

    /// <summary>How many wait.</summary>
    public int Count => _order.Count;

    /// <summary>Lanes with renders that wait, and those that are remembered because they went ahead of others.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>How many of those that wait would go first if this came now.</summary>
    public int CountAhead(string affinity, int priority)
    {
        var start = _lanes.TryGetValue((affinity, priority), out var lane) ? Math.Max(_now, lane.End) : _now;
        return _order.UnorderedItems.Count(item => item.Priority.Start <= start);
    }

    /// <summary>How many wait in one lane.</summary>
    public int CountOf(string affinity, int priority) => _lanes.TryGetValue((affinity, priority), out var lane) ? lane.Places.Count : 0;

    /// <summary>Adds one. Gives who has no place now: null, another that made way, or the newcomer itself.</summary>
    public T? Add(T item, string affinity, int priority)
    {
        if (!_lanes.TryGetValue((affinity, priority), out var lane))
        {
            _lanes[(affinity, priority)] = lane = new Lane(affinity, priority);
        }

        Place? displaced = null;
        if (Count >= capacity)
        {
            var longest = _lanes.Values.MaxBy(other => other.Length);
            if (longest is null || longest.Length <= lane.Length + lane.Step)
            {
                Leave(lane);
                return item;
            }

            displaced = longest.Places.Last!.Value;
        }

        var place = new Place(item, lane, Math.Max(_now, lane.End));
        lane.End = place.Start + lane.Step;
        lane.Places.AddLast(place);
        _order.Enqueue(place, (place.Start, _arrivals++));
        if (displaced is null)
        {
            return null;
        }

        var displacedItem = displaced.Item;
        Remove(displaced.Lane.Places.Last!);
        return displacedItem;
    }

    /// <summary>Takes out the next one; null when nobody waits.</summary>
    public T? TakeNext()
    {
        if (!_order.TryDequeue(out var place, out var key))
        {
            return null;
        }

        _now = Math.Max(_now, key.Start);
        place.Lane.Places.Remove(place);
        Leave(place.Lane);
        return place.Item;
    }

    /// <summary>Takes out one that no longer waits. False when it is not there any more.</summary>
    public bool Remove(T item)
    {
        var place = _order.UnorderedItems.Select(entry => entry.Element).FirstOrDefault(place => place.Item.Equals(item));
        if (place is not null)
        {
            Remove(place.Lane.Places.Find(place)!);
        }

        return place is not null;
    }

    // Those behind it move up, so that what goes is the lane's last place: who was not served is not charged for, and the others keep their order.
    private void Remove(LinkedListNode<Place> left)
    {
        for (; left.Next is { } next; left = next)
        {
            left.Value.Item = next.Value.Item;
        }

        var (last, lane) = (left.Value, left.Value.Lane);
        lane.End = last.Start;
        lane.Places.RemoveLast();
        _order.Remove(last, out _, out _);
        Leave(lane);
    }

    /// <summary>A render has left a lane.</summary>
    private void Leave(Lane lane)
    {
        if (Count == 0)
        {
            // No lane waits for another one to have its turn.
            _lanes.Clear();
            _ahead.Clear();
            _now = 0;
            return;
        }

        if (lane.Places.Count == 0 && !lane.IsAhead)
        {
            lane.IsAhead = true;
            _ahead.Enqueue(lane, (lane.End, _arrivals++));
        }

        // Drop the lanes that virtual time has caught up with and, so that a stream of ever new lanes takes no more memory than the queue itself, those
        // that are the least ahead.
        while (_ahead.TryPeek(out var next, out var key) && (key.End <= _now || _ahead.Count > capacity))
        {
            _ahead.Dequeue();
            next.IsAhead = next.Places.Count == 0 && next.End > key.End;
            if (next.IsAhead)
            {
                // It had another turn meanwhile.
                _ahead.Enqueue(next, (next.End, _arrivals++));
            }
            else if (next.Places.Count == 0)
            {
                _lanes.Remove((next.Affinity, next.Priority));
            }
        }
    }

    private sealed class Place(T item, Lane lane, double start)
    {
        public T Item { get; set; } = item;

        public Lane Lane => lane;

        public double Start => start;
    }

    private sealed class Lane(string affinity, int priority)
    {
        public string Affinity => affinity;

        public int Priority => priority;

        public double Step { get; } = 1.0 / (1 + priority);

        /// <summary>Where its next one goes, in virtual time.</summary>
        public double End { get; set; }

        /// <summary>Whether it is among those that became empty ahead of the others.</summary>
        public bool IsAhead { get; set; }

        /// <summary>In the order of arrival.</summary>
        public LinkedList<Place> Places { get; } = [];

        public double Length => Places.Count * Step;
    }
}
