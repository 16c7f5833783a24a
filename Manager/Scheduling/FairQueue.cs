namespace Fleet.Manager.Scheduling;

/// <summary>
/// A bounded queue with start-time fair queueing. Renders queue in lanes, one per affinity and priority. On arrival each gets a start in virtual time: one
/// step after the last render of its lane, where the step is 1/(1 + priority). A lane with a thousand renders and a lane with one therefore take turns,
/// priority 10 is served eleven times as often as priority 0, and no lane starves.
/// An empty lane is kept while its end is ahead of virtual time, so that its next render waits until the other lanes have caught up.
/// When the queue is full, the longest lane loses its newest render if the lane of the new one is shorter.
/// Not thread-safe: the caller synchronizes. Uses no clock.
/// </summary>
internal sealed class FairQueue<T>(int capacity) where T : class
{
    private readonly PriorityQueue<Place, (double Start, long Arrival)> _order = new();
    private readonly Dictionary<(string Affinity, int Priority), Lane> _lanes = [];

    // Lanes that became empty while ahead of virtual time, each once, ordered by their end at that time.
    private readonly PriorityQueue<Lane, (double End, long Arrival)> _ahead = new();
    private double _now;
    private long _arrivals;

    /// <summary>Number of waiting renders.</summary>
    public int Count => _order.Count;

    /// <summary>Number of lanes: those with waiting renders, and empty ones that are ahead of virtual time.</summary>
    public int Lanes => _lanes.Count;

    /// <summary>Number of waiting renders that would be served before one that arrived now.</summary>
    public int CountAhead(string affinity, int priority)
    {
        var start = _lanes.TryGetValue((affinity, priority), out var lane) ? Math.Max(_now, lane.End) : _now;
        return _order.UnorderedItems.Count(item => item.Priority.Start <= start);
    }

    /// <summary>Number of waiting renders of one lane.</summary>
    public int CountOf(string affinity, int priority) => _lanes.TryGetValue((affinity, priority), out var lane) ? lane.Places.Count : 0;

    /// <summary>Number of waiting renders by affinity; only affinities with waiting renders.</summary>
    public IReadOnlyDictionary<string, int> CountByAffinity() =>
        _lanes.Values.Where(lane => lane.Places.Count > 0).GroupBy(lane => lane.Affinity).ToDictionary(lanes => lanes.Key, lanes => lanes.Sum(lane => lane.Places.Count));

    /// <summary>Adds a render. Returns the render that is rejected because the queue is full: another one, or <paramref name="item"/> itself; null when there is room.</summary>
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

    /// <summary>Removes and returns the next render; null when none waits.</summary>
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

    /// <summary>Removes a render that stopped waiting. False when it is no longer queued.</summary>
    public bool Remove(T item)
    {
        var place = _order.UnorderedItems.Select(entry => entry.Element).FirstOrDefault(place => place.Item.Equals(item));
        if (place is not null)
        {
            Remove(place.Lane.Places.Find(place)!);
        }

        return place is not null;
    }

    // Later renders of the lane move up and its last place is removed: the lane is not charged for a render that was not served, and keeps its order.
    private void Remove(LinkedListNode<Place> node)
    {
        for (; node.Next is { } next; node = next)
        {
            node.Value.Item = next.Value.Item;
        }

        var (last, lane) = (node.Value, node.Value.Lane);
        lane.End = last.Start;
        lane.Places.RemoveLast();
        _order.Remove(last, out _, out _);
        Leave(lane);
    }

    /// <summary>Cleans up after a render has left a lane.</summary>
    private void Leave(Lane lane)
    {
        if (Count == 0)
        {
            // No render waits, so no lane has to be held back.
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

        // Drop lanes that virtual time has caught up with. Beyond the capacity also drop those that are least ahead, so that a stream of new lanes cannot
        // use more memory than the queue.
        while (_ahead.TryPeek(out var next, out var key) && (key.End <= _now || _ahead.Count > capacity))
        {
            _ahead.Dequeue();
            next.IsAhead = next.Places.Count == 0 && next.End > key.End;
            if (next.IsAhead)
            {
                // The lane was used again since it was enqueued.
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

        /// <summary>Start of its next render, in virtual time.</summary>
        public double End { get; set; }

        /// <summary>Whether the lane is in the queue of empty lanes that are ahead.</summary>
        public bool IsAhead { get; set; }

        /// <summary>The waiting renders, in order of arrival.</summary>
        public LinkedList<Place> Places { get; } = [];

        public double Length => Places.Count * Step;
    }
}
