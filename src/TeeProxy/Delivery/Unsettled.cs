namespace TeeProxy.Delivery;

/// <summary>
/// Writes of which one of two answers is known, this node's own or the head's, in the order of their sequences. They come nearly in
/// order and go nearly in order, so they stand in one list: what is found again is near its end or its beginning, and to walk over
/// all costs nothing but the walk. Not thread-safe.
/// Invariant: ascending; a row that went leaves a gap, and the first row is none.
/// </summary>
internal sealed class Unsettled
{
    private readonly List<Row> _rows = [];
    private int _first;
    private int _gaps;

    private readonly record struct Row(long Sequence, ushort Own, ushort Heads, bool IsGap, uint Mask, ulong Digest);

    /// <summary>How many own answers wait for the head's.</summary>
    public int OwnCount { get; private set; }

    /// <summary>False where the write is not known here. A status that is not known is 0.</summary>
    public bool TryGet(long sequence, out int own, out int heads) => TryGet(sequence, out own, out heads, out _, out _);

    /// <param name="digest">Of the answer that is known; 0 where only its status is.</param>
    /// <param name="mask">What that digest leaves out.</param>
    public bool TryGet(long sequence, out int own, out int heads, out ulong digest, out uint mask)
    {
        var at = Find(sequence);
        var isKnown = at >= 0 && !_rows[at].IsGap;
        var row = isKnown ? _rows[at] : default;
        (own, heads, digest, mask) = (row.Own, row.Heads, row.Digest, row.Mask);
        return isKnown;
    }

    /// <summary>Puts a write here, or replaces what is known of it.</summary>
    public void Put(long sequence, int own, int heads, ulong digest = 0, uint mask = 0)
    {
        var row = new Row(sequence, (ushort)own, (ushort)heads, IsGap: false, mask, digest);
        var at = Find(sequence);
        if (at < 0)
        {
            _rows.Insert(~at, row);
        }
        else
        {
            _gaps -= _rows[at].IsGap ? 1 : 0;
            OwnCount -= _rows[at] is { IsGap: false, Own: not 0 } ? 1 : 0;
            _rows[at] = row;
        }

        OwnCount += own != 0 ? 1 : 0;
    }

    /// <summary>What is not here stays so.</summary>
    public void Remove(long sequence)
    {
        var at = Find(sequence);
        if (at < 0 || _rows[at].IsGap)
        {
            return;
        }

        OwnCount -= _rows[at].Own != 0 ? 1 : 0;
        _rows[at] = _rows[at] with { IsGap = true };
        _gaps++;
        while (_first < _rows.Count && _rows[_first].IsGap)
        {
            _first++;
            _gaps--;
        }

        // Taking off costs a move of all that stay: seldom, and then much.
        if (_first > _rows.Count / 2 || _gaps > _rows.Count / 2)
        {
            _rows.RemoveRange(0, _first);
            _rows.RemoveAll(static row => row.IsGap);
            (_first, _gaps) = (0, 0);
        }
    }

    /// <summary>The own answers that wait, oldest first.</summary>
    public KeyValuePair<long, int>[] Own()
    {
        if (OwnCount == 0)
        {
            return [];
        }

        var own = new KeyValuePair<long, int>[OwnCount];
        for (int i = _first, to = 0; to < own.Length; i++)
        {
            if (_rows[i] is { IsGap: false, Own: not 0 } row)
            {
                own[to++] = new(row.Sequence, row.Own);
            }
        }

        return own;
    }

    // The complement of where it belongs, when it is not there.
    private int Find(long sequence)
    {
        int low = _first, high = _rows.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var there = _rows[middle].Sequence;
            if (there == sequence)
            {
                return middle;
            }

            (low, high) = there < sequence ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
