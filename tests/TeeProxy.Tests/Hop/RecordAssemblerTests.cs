using FsCheck;
using FsCheck.Fluent;
using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

public sealed class RecordAssemblerTests : IAsyncLifetime
{
    private const int Longest = 70_000;

    private readonly TemporaryFolder _data = new();
    private byte[] _records = [];
    private HashSet<int> _boundaries = [];

    public async ValueTask InitializeAsync()
    {
        await using var journal = _data.OpenJournal();
        foreach (var length in (int[])[0, 1, 100, 5_000, 0, 60_000, 3, 200, 20_000, 7])
        {
            await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /x HTTP/1.1\r\n\r\n"u8.ToArray(), new byte[length]));
        }

        _records = Raw.Of(journal, 0);
        _boundaries = [.. Boundaries(_records)];
    }

    public ValueTask DisposeAsync()
    {
        _data.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Records_cut_anywhere_come_out_whole_and_as_soon_as_they_are_complete()
    {
        var cuts = Gen.Frequency((4, Gen.Choose(1, 120)), (2, Gen.Choose(1, 10_000)), (1, Gen.Choose(10_000, 200_000))).NonEmptyListOf().ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(cuts, sizes => IsWholeAt([.. sizes])));
    }

    [Fact]
    public void A_frame_of_whole_records_passes_without_a_copy()
    {
        var assembler = new RecordAssembler(Longest);

        var run = assembler.Add(_records);

        Assert.True(run.Equals(new ReadOnlyMemory<byte>(_records)));
    }

    [Fact]
    public void A_record_longer_than_this_node_takes_is_refused_by_its_header()
    {
        var assembler = new RecordAssembler(maxRecordBytes: 10_000);

        var refused = Assert.Throws<DamagedFrameException>(() => assembler.Add(_records));

        Assert.Contains("longer than this node takes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_records_are_refused_once_a_header_is_there()
    {
        var assembler = new RecordAssembler(Longest);
        var noise = new byte[RecordCodec.HeaderBytes];

        Assert.True(assembler.Add(noise.AsMemory(1)).IsEmpty);
        Assert.Throws<DamagedFrameException>(() => assembler.Add(noise.AsMemory(0, 1)));
    }

    private bool IsWholeAt(int[] sizes)
    {
        var assembler = new RecordAssembler(Longest);
        var got = new List<byte>();
        var given = 0;
        for (var i = 0; given < _records.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], _records.Length - given);
            byte[] frame = [.. _records.AsSpan(given, size)]; // the reader's buffer, which is used again
            var run = assembler.Add(frame);
            got.AddRange(run.Span);
            Array.Clear(frame);
            given += size;
            if (got.Count != _boundaries.Where(at => at <= given).Max())
            {
                return false;
            }
        }

        return got.SequenceEqual(_records);
    }

    private static IEnumerable<int> Boundaries(byte[] records)
    {
        var at = 0;
        yield return at;
        while (at < records.Length)
        {
            Assert.True(RecordCodec.TryReadHeader(records.AsSpan(at), out var header));
            at += (int)header.TotalBytes;
            yield return at;
        }
    }
}
