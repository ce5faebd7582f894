namespace TeeChain.Journaling.Segments;

/// <summary>Where some records of a segment begin, about one every 64 KiB. The writer adds, any thread looks up.</summary>
internal sealed class SparseIndex
{
    private const long SpacingBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly List<(long Sequence, long Offset)> _points = [];

    /// <summary>Offers the start of a record; taken when the last point is far enough behind.</summary>
    public void Offer(long sequence, long offset)
    {
        lock (_gate)
        {
            if (_points.Count == 0 || offset - _points[^1].Offset >= SpacingBytes)
            {
                _points.Add((sequence, offset));
            }
        }
    }

    /// <summary>The last point at or before <paramref name="sequence"/>; false when there is none.</summary>
    public bool TryFloor(long sequence, out long offset)
    {
        lock (_gate)
        {
            int low = 0;
            int high = _points.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (_points[middle].Sequence <= sequence)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            offset = low == 0 ? 0 : _points[low - 1].Offset;
            return low > 0;
        }
    }
}
