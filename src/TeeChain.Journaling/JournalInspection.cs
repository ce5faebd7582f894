using TeeChain.Journaling.Reading;
using TeeChain.Journaling.Recovery;
using TeeChain.Journaling.Segments;
using TeeChain.Journaling.Writing;

namespace TeeChain.Journaling;

/// <summary>
/// Looks at a journal without changing anything; for <c>teeproxy journal check|dump</c>. Works on a stopped node's folder
/// and on a damaged one; on a running node's folder the last batch may look torn.
/// </summary>
public static class JournalInspection
{
    /// <summary>Walks every byte that counts and checks every checksum.</summary>
    public static JournalReport Check(IFolder folder)
    {
        using var scan = JournalScan.Run(folder);
        var segments = scan.Segments.ConvertAll(segment => new SegmentReport(
            segment.Header.Name, segment.Length, segment.Header.Generation, segment.Header.Base, segment.Last, segment.Records, segment.Marks, segment.End));
        TailReport? tail = null;
        if (scan.Damage is null && scan.Segments.Count > 0 && scan.Segments[^1] is var last && last.CountBytesBehindEnd() is > 0 and var bytes)
        {
            tail = new(last.Header.Name, last.End, bytes, last.StopReason ?? "");
        }

        var @base = segments.Count == 0 ? default : segments[0].Base;
        return new(scan.JournalId, segments, @base, scan.Last, scan.Cursor.State, scan.Passed, scan.Damage, tail);
    }

    /// <summary>
    /// The entries behind <paramref name="afterSequence"/> as far as they are good; a damaged journal's up to the damage.
    /// Each is valid until the next is asked for. Throws <see cref="SequenceNotKeptException"/>.
    /// </summary>
    public static IEnumerable<JournalEntry> Dump(IFolder folder, long afterSequence = 0)
    {
        using var scan = JournalScan.Run(folder);
        if (scan.Segments.Count == 0)
        {
            yield break;
        }

        var first = scan.Segments[0].Header.Base.Sequence;
        if (afterSequence < first && afterSequence != 0)
        {
            throw new SequenceNotKeptException(afterSequence, first + 1);
        }

        var segments = new SegmentList(JournalRecovery.ToSegments(scan));
        long from = Math.Max(afterSequence, first);
        using var reader = new JournalReader(RecordWalk.OpenAfter(segments, from)!, new CommitSignal(new JournalOptions().Resume), from);
        while (reader.TryRead(out var entry))
        {
            yield return entry;
        }
    }
}
