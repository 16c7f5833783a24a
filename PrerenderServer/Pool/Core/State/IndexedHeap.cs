namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>How a heap orders its items, and where an item stores its place so that it can be removed from the middle.</summary>
internal interface IHeapOrder<T>
{
    /// <summary>Whether <paramref name="a"/> comes before <paramref name="b"/>. Total: two items are never equal.</summary>
    static abstract bool Before(T a, T b);

    /// <summary>The item's place in this heap; negative while the item is not in the heap.</summary>
    static abstract ref int Place(T item);
}

/// <summary>A binary heap whose items store their place: adds, removes and reorders any item in O(log n), reads the first in O(1).</summary>
internal sealed class IndexedHeap<T, TOrder>
    where T : class
    where TOrder : IHeapOrder<T>
{
    private T[] _items = new T[4];

    public int Count { get; private set; }

    /// <summary>The first item; null when empty.</summary>
    public T? First => Count == 0 ? null : _items[0];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        Put(item, Count++);
        Up(Count - 1);
    }

    public void Remove(T item)
    {
        var place = TOrder.Place(item);
        TOrder.Place(item) = -1;
        var last = _items[--Count];
        _items[Count] = null!;
        if (place < Count)
        {
            Put(last, place);
            Reorder(last);
        }
    }

    /// <summary>Moves an item whose order has changed.</summary>
    public void Reorder(T item)
    {
        Up(TOrder.Place(item));
        Down(TOrder.Place(item));
    }

    private void Up(int place)
    {
        var item = _items[place];
        while (place > 0 && TOrder.Before(item, _items[(place - 1) / 2]))
        {
            Put(_items[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(item, place);
    }

    private void Down(int place)
    {
        var item = _items[place];
        while (2 * place + 1 < Count)
        {
            var child = 2 * place + 1;
            if (child + 1 < Count && TOrder.Before(_items[child + 1], _items[child]))
            {
                child++;
            }

            if (!TOrder.Before(_items[child], item))
            {
                break;
            }

            Put(_items[child], place);
            place = child;
        }

        Put(item, place);
    }

    private void Put(T item, int place)
    {
        _items[place] = item;
        TOrder.Place(item) = place;
    }
}
