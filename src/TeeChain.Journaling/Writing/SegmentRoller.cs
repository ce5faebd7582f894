using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Writing;

/// <summary>Sees to it that the active segment has room. The writer thread's own.</summary>
internal sealed class SegmentRoller(SegmentList segments, SegmentStock stock, JournalOptions options, Guid journalId, long generation)
{
    /// <summary>After a full disk, a segment's worth of zeros is not tried again for this long.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private long _generation = generation;
    private long? _refusedAt;

    /// <summary>
    /// True when <paramref name="need"/> bytes fit behind what is committed; false when the disk is full. A new segment
    /// begins behind <paramref name="last"/>, which must be synced. Any other failure is thrown.
    /// </summary>
    public bool TryMakeRoom(long need, JournalPosition last)
    {
        var active = segments.Active;
        if (active.CommittedEnd + need <= active.Capacity)
        {
            return true;
        }

        if (_refusedAt is { } at && options.TimeProvider.GetElapsedTime(at) < RetryInterval)
        {
            return false;
        }

        try
        {
            if (active.IsEmpty)
            {
                // Another segment would begin behind the same record, under the same name.
                SegmentStock.Grow(active.File, active.Capacity, active.CommittedEnd + need);
                active.Capacity = active.CommittedEnd + need;
            }
            else
            {
                Roll(active, need, last);
            }

            _refusedAt = null;
            return true;
        }
        catch (DiskFullException)
        {
            _refusedAt = options.TimeProvider.GetTimestamp();
            return false;
        }
    }

    private void Roll(Segment active, long need, JournalPosition last)
    {
        long bytes = Math.Max(options.SegmentBytes, SegmentHeader.Bytes + need);
        var header = SegmentHeader.Mint(journalId, _generation + 1, last);
        var file = stock.Take(header, bytes);
        _generation++;
        segments.Add(new Segment(header, file, bytes, active.StartBytes + active.CommittedEnd - SegmentHeader.Bytes));
    }
}
