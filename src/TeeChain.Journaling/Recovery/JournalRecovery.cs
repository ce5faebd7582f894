using TeeChain.Journaling.Cursors;
using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Recovery;

/// <summary>What recovery hands to the journal: everything in it is durable.</summary>
internal sealed record RecoveredJournal(Guid JournalId, List<Segment> Segments, JournalPosition Last, VersionedCursor Cursor, long Passed, long Generation);

/// <summary>
/// Makes a folder into a journal that can be appended to.
/// <list type="number">
/// <item>Scan; damage stops the start before anything is changed.</item>
/// <item>What is good above the last mark is written again and synced: after a failed sync the page cache may hold what the disk does not.</item>
/// <item>What lies behind it is zeroed and synced, so that an old record cannot come back behind a new one.</item>
/// </list>
/// </summary>
internal static class JournalRecovery
{
    private const int ChunkBytes = 256 << 10;

    /// <summary>Holds the folder's lock already. Throws what <see cref="Journal.Open"/> documents.</summary>
    public static RecoveredJournal Run(IFolder folder, SegmentStock stock, JournalOptions options)
    {
        foreach (string name in folder.List().Where(name => name.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal)))
        {
            folder.Delete(name);
        }

        stock.Adopt();
        var scan = JournalScan.Run(folder);
        try
        {
            if (scan.Damage is { } damage)
            {
                throw damage;
            }

            if (scan.JournalId is not { } id)
            {
                scan.Dispose();
                return Found(folder, stock, options);
            }

            Mend(scan.Segments[^1]);
            folder.Sync();
            long passed = Math.Max(scan.Passed, scan.Segments[0].Header.Base.Sequence);
            return new(id, ToSegments(scan), scan.Last, scan.Cursor, passed, scan.Segments.Max(segment => segment.Header.Generation));
        }
        catch
        {
            scan.Dispose();
            throw;
        }
    }

    private static RecoveredJournal Found(IFolder folder, SegmentStock stock, JournalOptions options)
    {
        foreach (string name in folder.List().Where(SegmentHeader.IsName))
        {
            folder.Delete(name);
        }

        var header = SegmentHeader.Mint(Guid.NewGuid(), 1, options.InitialBase);
        var segment = new Segment(header, stock.Take(header, options.SegmentBytes), options.SegmentBytes, 0);
        JournalIdentity.Write(folder, header.JournalId);
        return new(header.JournalId, [segment], options.InitialBase, VersionedCursor.None, options.InitialBase.Sequence, header.Generation);
    }

    private static void Mend(SegmentScan last)
    {
        byte[] bytes = new byte[ChunkBytes];
        for (long at = last.LastMarkOffset; at < last.End;)
        {
            int count = last.File.Read(at, bytes.AsSpan(0, (int)Math.Min(bytes.Length, last.End - at)));
            last.File.Write(at, bytes.AsSpan(0, count));
            at += count;
        }

        for (long at = last.End; at < last.Length; at += bytes.Length)
        {
            var piece = bytes.AsSpan(0, last.File.Read(at, bytes));
            if (piece.ContainsAnyExcept((byte)0))
            {
                piece.Clear();
                last.File.Write(at, piece);
            }
        }

        last.File.Sync();
    }

    /// <summary>The scanned segments, up to what is good, ready for readers.</summary>
    public static List<Segment> ToSegments(JournalScan scan)
    {
        var segments = new List<Segment>();
        long startBytes = 0;
        foreach (var found in scan.Segments)
        {
            var segment = new Segment(found.Header, found.File, found.Length, startBytes);
            foreach (var (sequence, offset) in found.Points)
            {
                segment.Index.Offer(sequence, offset);
            }

            segment.Commit(found.End, found.Last.Sequence);
            if (found != scan.Segments[^1])
            {
                segment.Seal();
            }

            startBytes += found.End - SegmentHeader.Bytes;
            segments.Add(segment);
        }

        return segments;
    }
}
