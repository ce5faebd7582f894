using TeeChain.Journaling;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class CursorNotesTests
{
    [Fact]
    public void Notes_read_back()
    {
        var notes = new CursorNotes
        {
            IsCleanStop = true,
            HasLanes = true,
            LastWasParked = true,
            SuspectThrough = 99,
            StatusesBeyond = [201, 404],
            Boot = ulong.MaxValue,
            Digest = 0x0123456789abcdef,
            Divergences = 3,
            Redelivered = long.MaxValue,
            Unsettled = [new(1, 200), new(long.MaxValue, 999)],
        };

        var read = CursorNotes.Decode(notes.Encode());

        Assert.Equal(notes.Unsettled, read.Unsettled);
        Assert.Equal(notes.StatusesBeyond, read.StatusesBeyond);
        Assert.Equal(notes with { Unsettled = [], StatusesBeyond = [] }, read with { Unsettled = [], StatusesBeyond = [] });
    }

    [Fact]
    public void A_new_cursor_had_a_clean_stop() => Assert.True(CursorNotes.Decode([]).IsCleanStop);

    [Fact]
    public void As_many_answers_as_a_cursor_may_keep_are_remembered_oldest_first()
    {
        var statuses = Enumerable.Repeat((ushort)201, DoneWindow.Records).ToArray();
        var notes = new CursorNotes { StatusesBeyond = statuses, Unsettled = [.. Enumerable.Range(1, CursorNotes.MostUnsettled + 10).Select(i => new KeyValuePair<long, int>(i, 200))] };

        var bytes = notes.Encode();

        Assert.InRange(bytes.Length, CursorState.MaxNotesBytes - 10, CursorState.MaxNotesBytes);
        Assert.Equal(notes.Unsettled.Take(CursorNotes.MostUnsettled), CursorNotes.Decode(bytes).Unsettled);
    }

    [Fact]
    public void Other_bytes_are_no_notes()
    {
        var good = new CursorNotes { Unsettled = [new(1, 200)] }.Encode();
        byte[] otherVersion = [1, .. good[1..]];
        byte[] negativeCount = [.. good[..4], 255, 255, 255, 255, .. good[8..]];
        byte[] hugeCount = [.. good[..4], 255, 255, 255, 127, .. good[8..]];

        foreach (var bytes in (byte[][])[good[..^1], [.. good, 0], good[..8], [1], otherVersion, negativeCount, hugeCount])
        {
            Assert.Throws<InvalidDataException>(() => CursorNotes.Decode(bytes));
        }
    }
}

public sealed class OutcomeRecordTests
{
    [Theory]
    [InlineData(100, false)]
    [InlineData(499, false)]
    [InlineData(500, true)]
    [InlineData(599, true)]
    public void An_outcome_reads_back(int status, bool isServerError)
    {
        var outcome = new OutcomeRecord(long.MaxValue, status, ulong.MaxValue);

        var read = OutcomeRecord.Decode(outcome.Encode());

        Assert.Equal((outcome, isServerError), (read, read.IsServerError));
    }

    [Fact]
    public void Too_few_bytes_are_no_outcome() => Assert.Throws<InvalidDataException>(() => OutcomeRecord.Decode(new byte[OutcomeRecord.Bytes - 1]));
}

public sealed class DeliveredDigestTests
{
    [Fact]
    public void It_tells_what_it_was_at_each_sequence_of_this_run()
    {
        var digest = new DeliveredDigest(10, 99);

        digest.Delivered(11, 0xaa, 200);
        var at11 = digest.Current;
        digest.Passed(12);
        digest.Delivered(13, 0xbb, 200);

        Assert.Equal([null, at11, at11, digest.Current, null], new long[] { 10, 11, 12, 13, 14 }.Select(digest.At));
    }

    [Fact]
    public void Before_anything_was_delivered_it_is_what_it_was() => Assert.Equal(99UL, new DeliveredDigest(10, 99).At(10));

    [Theory]
    [InlineData(2, 0xaaU, 200)]
    [InlineData(1, 0xabU, 200)]
    [InlineData(1, 0xaaU, 201)]
    public void Another_sequence_record_or_status_makes_another_digest(long sequence, uint crc, int status) =>
        Assert.NotEqual(After((1, 0xaa, 200)), After((sequence, crc, status)));

    [Fact]
    public void The_order_counts() => Assert.NotEqual(After((1, 0xaa, 200), (2, 0xbb, 200)), After((2, 0xbb, 200), (1, 0xaa, 200)));

    [Fact]
    public void It_goes_on_where_it_was_left()
    {
        var first = new DeliveredDigest(0, 0);
        first.Delivered(1, 1, 200);
        var second = new DeliveredDigest(1, first.Current);

        first.Delivered(2, 2, 200);
        second.Delivered(2, 2, 200);

        Assert.Equal(first.Current, second.Current);
    }

    [Fact]
    public void Once_it_differs_it_does_so_for_good_and_forgets_what_it_was()
    {
        var (one, other) = (new DeliveredDigest(0, 0), new DeliveredDigest(0, 0));
        one.Delivered(1, 1, 200);
        one.Delivered(2, 2, 200);
        other.Delivered(1, 1, 200);
        other.Delivered(2, 2, 200);

        one.Differ(1, 409);
        one.Delivered(3, 3, 200);
        other.Delivered(3, 3, 200);

        Assert.NotEqual(other.Current, one.Current);
        Assert.Equal([null, null, one.Current], new long[] { 1, 2, 3 }.Select(one.At));
    }

    [Fact]
    public void What_is_too_long_ago_is_forgotten()
    {
        var digest = new DeliveredDigest(0, 0);

        for (var sequence = 1; sequence <= DeliveredDigest.Remembered + 2; sequence++)
        {
            digest.Delivered(sequence, 1, 200);
        }

        Assert.Equal([false, false, true], new long[] { 1, 2, 3 }.Select(sequence => digest.At(sequence).HasValue));
    }

    private static ulong After(params (long Sequence, uint Crc, int Status)[] writes)
    {
        var digest = new DeliveredDigest(0, 0);
        foreach (var (sequence, crc, status) in writes)
        {
            digest.Delivered(sequence, crc, status);
        }

        return digest.Current;
    }
}

public sealed class ComparisonTests
{
    [Fact]
    public void The_hundred_newest_divergences_are_listed_newest_first()
    {
        var comparison = TestComparison.Of(new CursorNotes { Divergences = 5 });

        for (var sequence = 1; sequence <= 130; sequence++)
        {
            comparison.Answered(sequence, 201);
            comparison.Settle(new OutcomeRecord(sequence, 200, 0));
        }

        Assert.Equal(135, comparison.Divergences);
        Assert.Equal(Enumerable.Range(31, 100).Reverse().Select(i => (long)i), comparison.Recent.Select(one => one.Sequence));
    }

    [Fact]
    public void What_nobody_answered_here_is_not_compared()
    {
        var comparison = TestComparison.Of(new CursorNotes());

        comparison.Settle(new OutcomeRecord(1, 500, 0));

        Assert.Equal(0, comparison.Divergences);
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(500, 1)]
    public void The_heads_outcome_waits_for_a_write_that_is_on_its_way(int heads, int divergences)
    {
        var comparison = TestComparison.Of(new CursorNotes());
        comparison.Begin(7);

        comparison.Settle(new OutcomeRecord(7, heads, 0));
        AssertHolds(comparison, divergences: 0);
        comparison.Answered(7, 200);
        comparison.Settle(new OutcomeRecord(7, 404, 0)); // a head that was killed may say it twice

        AssertHolds(comparison, divergences);
    }

    [Fact]
    public void A_write_that_is_begun_again_is_compared_by_its_new_answer()
    {
        var comparison = TestComparison.Of(new CursorNotes { Unsettled = [new(7, 500)] });

        comparison.Begin(7);
        comparison.Settle(new OutcomeRecord(7, 200, 0));
        comparison.Answered(7, 200);

        AssertHolds(comparison, divergences: 0);
    }

    private static void AssertHolds(Comparison comparison, int divergences)
    {
        var held = comparison.Snapshot();
        Assert.Equal(divergences, held.Divergences);
        Assert.Empty(held.Unsettled);
    }

    [Fact]
    public void Unsettled_answers_are_oldest_first_and_go_when_forgotten()
    {
        var comparison = TestComparison.Of(new CursorNotes { Unsettled = [new(5, 200)] });
        comparison.Answered(9, 201);
        comparison.Answered(7, 202);

        comparison.Forget(9);

        Assert.Equal([new(5, 200), new(7, 202)], comparison.Snapshot().Unsettled);
    }
}
