namespace SampleApp.Applied;

/// <summary>
/// The arrivals in order, numbered from 1, whatever their sequences: so that tests see what arrived, in which order, and
/// how often. Keeps the last <see cref="Capacity"/>, about 80 MB when full. Thread-safe.
/// </summary>
internal sealed class AppliedLog(int blocks = AppliedLog.DefaultBlocks)
{
    public const int BlockArrivals = 512;

    // 2,048 * 512 = 1,048,576: at least the last million. Blocks stay below the large-object threshold and come as needed.
    private const int DefaultBlocks = 2048;

    private readonly Lock _lock = new();
    private readonly Arrival[]?[] _blocks = new Arrival[blocks][];

    // Invariant: arrival i is in block ((i - 1) / BlockArrivals) % blocks, unless i <= _count - Capacity.
    private long _count;
    private long _discarded;

    public int Capacity => blocks * BlockArrivals;

    public ArrivalCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new ArrivalCounts(_count - _discarded, _discarded);
            }
        }
    }

    public void Append(Arrival arrival)
    {
        lock (_lock)
        {
            var block = _blocks[_count / BlockArrivals % blocks] ??= new Arrival[BlockArrivals];
            block[_count % BlockArrivals] = arrival;
            _count++;
            _discarded += arrival.IsDiscarded ? 1 : 0;
        }
    }

    /// <summary>
    /// At most <paramref name="limit"/> arrivals behind number <paramref name="after"/>, and the number of the first.
    /// A number that is no longer kept starts at the oldest that is.
    /// </summary>
    public (long First, Arrival[] Arrivals) Read(long after, int limit)
    {
        lock (_lock)
        {
            var skipped = Math.Max(after, _count - Capacity);
            var arrivals = new Arrival[Math.Clamp(_count - skipped, 0, limit)];
            for (var i = 0; i < arrivals.Length; i++)
            {
                arrivals[i] = _blocks[(skipped + i) / BlockArrivals % blocks]![(skipped + i) % BlockArrivals];
            }

            return (skipped + 1, arrivals);
        }
    }
}
