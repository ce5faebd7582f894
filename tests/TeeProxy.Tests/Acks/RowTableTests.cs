using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Acks;

public sealed class RowTableTests : IDisposable
{
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();

    private readonly HandClock _clock = new();
    private readonly RowTable _ahead = new();
    private readonly RowTable _table;
    private readonly TemporaryFolder _data = new();

    public RowTableTests() => _table = new RowTable(time: _clock);

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Rows_stand_in_the_order_of_the_ack()
    {
        _table.Update([Row(Other, 1), Row(One, 2)]);

        Assert.Equal([Other, One], _table.Rows.Select(row => row.Ack.Node));
    }

    [Fact]
    public void A_detail_is_remembered_until_another_comes()
    {
        _table.Update([Row(One, 1, Detail("a")), Row(Other, 1, Detail("b"))]);
        _table.Update([Row(One, 2), Row(Other, 2, Detail("c"))]);

        Assert.Equal(["a", "c"], _table.Rows.Select(row => row.Detail!.Address));
        Assert.Equal([2L, 2], _table.Rows.Select(row => row.Ack.Durable));
    }

    [Fact]
    public void A_row_that_is_told_no_more_is_gone()
    {
        _table.Update([Row(One, 1), Row(Other, 1)]);

        _table.Update([Row(One, 2)]);

        Assert.Equal(One, Assert.Single(_table.Rows).Ack.Node);
    }

    [Fact]
    public void A_new_stream_begins_with_nothing()
    {
        _table.Update([Row(One, 1, Detail("a"))]);

        _table.Clear();
        Assert.Empty(_table.Rows);
        _table.Update([Row(One, 1)]);

        Assert.Null(Assert.Single(_table.Rows).Detail);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void A_detail_that_cannot_be_read_does_not_stop_the_acks(string detail)
    {
        _table.Update([Row(One, 7, System.Text.Encoding.UTF8.GetBytes(detail))]);

        var row = Assert.Single(_table.Rows);
        Assert.Null(row.Detail);
        Assert.Equal(7, row.Ack.Durable);
    }

    [Fact]
    public async Task A_nodes_rows_are_its_own_and_then_those_behind_it_with_their_details()
    {
        await using var journal = _data.OpenJournal();
        await journal.AppendAsync(TeeChain.Journaling.EntryKind.Write, TeeChain.Journaling.EntryPayload.InMemory("POST /"u8.ToArray(), default));
        using var progress = new Progress(0);
        using var member = Member(journal);
        var source = new RowSource(member, journal, progress, _ahead, _table, _ => (AckState.Whole, new NodeDetail { Address = "mine", Admin = "x" }));
        _table.Update([Row(One, 7, Detail("a")), Row(Other, 6)]);
        _table.Update([Row(One, 8), Row(Other, 6)]);

        var rows = source.Rows().ToArray();

        Assert.Equal([(member.Node, 1L, 0L), (One, 8, 0), (Other, 6, 0)], rows.Select(row => (row.Node, row.Durable, row.Applied)));
        Assert.Equal((journal.JournalId, AckState.Whole, new ViewVersion(3, 4)), (rows[0].Journal, rows[0].State, rows[0].View));
        Assert.Equal(
            ["mine", "a", null],
            rows.Select(row => row.Detail.IsEmpty ? null : JsonSerializer.Deserialize(row.Detail.Span, ProtocolJson.Default.NodeDetail)!.Address));
    }

    [Fact]
    public async Task Rows_speak_of_the_moment_at_which_the_state_was_claimed()
    {
        await using var journal = _data.OpenJournal();
        using var progress = new Progress(0);
        var claimedOf = new List<int>();
        using var member = Member(journal);
        var source = new RowSource(
            member, journal, progress, _ahead, _table,
            behind =>
            {
                claimedOf.Add(behind.Count);
                progress.Apply(1); // parked, say: the flag is set before, so it must be asked for after
                _table.Clear();
                return (AckState.Whole, new NodeDetail { Address = "mine", Admin = "x" });
            });
        _table.Update([Row(One, 7)]);

        var rows = source.Rows();

        Assert.Equal([1], claimedOf);
        Assert.Equal((2, 0L), (rows.Length, rows[0].Applied));
    }

    [Fact]
    public async Task The_successor_is_told_of_the_nodes_before_it_and_of_none_behind()
    {
        await using var journal = _data.OpenJournal();
        using var progress = new Progress(0);
        using var member = Member(journal);
        var source = new RowSource(member, journal, progress, _ahead, _table, _ => (AckState.Whole, new NodeDetail { Address = "mine", Admin = "x" }));
        _table.Update([Row(Guid.NewGuid(), 3)]);
        _ahead.Update([Row(One, 7), Row(Other, 6), Row(member.Node, 5)]);

        var rows = source.RowsForSuccessor();

        Assert.Equal([One, Other, member.Node], rows.Select(row => row.Node));
        Assert.Equal(0, rows[2].Durable); // its own is as it is, not as it came round
    }

    [Fact]
    public void A_row_ages_here_and_with_everybody_who_passes_it_on()
    {
        _table.Update([Row(One, 1) with { Age = TimeSpan.FromSeconds(2) }]);

        _clock.AdvanceMilliseconds(500);

        Assert.Equal(TimeSpan.FromSeconds(2.5), _table.Aged(_table.Rows[0]).Age);
    }

    [Fact]
    public void Each_change_is_told()
    {
        var told = new List<int>();
        var table = new RowTable(rows => told.Add(rows.Count));

        table.Update([Row(One, 1), Row(Other, 1)]);
        table.Clear();

        Assert.Equal([2, 0], told);
    }

    private ChainMember Member(TeeChain.Journaling.Journal journal) =>
        new(_data.Folder, journal, new Membership { Node = Guid.NewGuid(), Role = Role.Replica, View = new(3, 4) }, hasNext: false);

    private static AckRow Row(Guid node, long durable, ReadOnlyMemory<byte> detail = default) => new(node, Guid.NewGuid(), durable, 0, default, AckState.None, detail);

    private static byte[] Detail(string address) =>
        JsonSerializer.SerializeToUtf8Bytes(new NodeDetail { Address = address, Admin = "admin" }, ProtocolJson.Default.NodeDetail);
}
