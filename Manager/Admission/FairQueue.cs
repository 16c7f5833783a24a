namespace Fleet.Manager.Admission;

/// <summary>
/// Who is next, fairly. Renders queue in lanes of one affinity and one priority. Each takes a place in virtual time when it comes: one step
/// behind the last of its lane, and a step is the shorter the higher the priority. So a lane with a thousand renders and a lane with one take
/// turns, somebody who waits goes ahead of index work eleven to one, and nobody starves. Start-time fair queueing.
/// Bounded: when it is full, the longest lane gives up its newest, if the newcomer's lane is shorter.
/// Without clocks and tasks; the caller synchronizes.
/// </summary>
internal sealed class FairQueue<T>(int capacity) where T : class
{
    private readonly PriorityQueue<Place, (double Start, long Arrival)> _order = new();
    private readonly Dictionary<(string Affinity, int Priority), Lane> _lanes = [];
    private double _now;
    private long _arrivals;

    /// <summary>How many wait.</summary>
    public int Count => _order.Count;

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

        T? displaced = null;
        if (Count >= capacity)
        {
            var longest = _lanes.Values.MaxBy(other => other.Length);
            if (longest is null || longest.Length <= lane.Length + lane.Step)
            {
                Forget(lane);
                return item;
            }

            displaced = longest.Places.Last!.Value.Item;
            Remove(longest.Places.Last);
        }

        var place = new Place(item, lane, Math.Max(_now, lane.End));
        lane.End = place.Start + lane.Step;
        lane.Places.AddLast(place);
        _order.Enqueue(place, (place.Start, _arrivals++));
        return displaced;
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
        Forget(place.Lane);
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
        Forget(lane);
    }

    // A lane that has had its turn is not owed or charged anything; one that went ahead is remembered until the others have caught up,
    // but not by more lanes than there are places.
    private void Forget(Lane lane)
    {
        if (lane.Places.Count > 0)
        {
            return;
        }

        if (lane.End <= _now || Count == 0 || _lanes.Count > 2 * capacity)
        {
            _lanes.Remove((lane.Affinity, lane.Priority));
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

        /// <summary>In the order of arrival.</summary>
        public LinkedList<Place> Places { get; } = [];

        public double Length => Places.Count * Step;
    }
}
