using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class JournalRoomTests : IAsyncLifetime
{
    private const int Budget = 4 << 20;
    private const int Body = 256 << 10;

    private static readonly Guid Near = Guid.NewGuid();
    private static readonly Guid Away = Guid.NewGuid();
    private static readonly Guid TheirJournal = Guid.NewGuid();

    private readonly TemporaryFolder _data = new();
    private readonly RowTable _rows = new();
    private readonly Progress _progress = new(0);
    private readonly List<IDisposable> _parts = [];
    private Journal? _opened;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Journal Journal => _opened!;

    public ValueTask InitializeAsync()
    {
        _opened = _data.OpenJournal(new JournalOptions { SegmentBytes = 1 << 20, MaxBytes = Budget });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _parts.ForEach(part => part.Dispose());
        await Journal.DisposeAsync();
        _progress.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Who_fills_the_journal_is_let_go_at_once_and_durably_when_a_write_finds_no_room()
    {
        var (room, member) = Room(detaches: true, Known(Near, 0), Known(Away, 0));
        await FillAsync();
        _rows.Update([Row(Near, durable: Journal.Last.Sequence, applied: Journal.Last.Sequence)]);
        Assert.False(Journal.HasRoomFor(Body));

        Assert.True(await room.MakeAsync(Body, Cancellation));

        Assert.True(Journal.HasRoomFor(Body));
        Assert.Equal([(Near, false), (Away, true)], MembershipFile.Load(_data.Folder).Known.Select(node => (node.Node, node.IsDetached)));
        Assert.Equal(Journal.Last.Sequence, member.Standing.Current.Membership.Known[1].DetachedAt);
    }

    [Fact]
    public async Task Without_detaching_what_everybody_has_passed_since_the_last_look_makes_room_and_nothing_else()
    {
        var (room, member) = Room(detaches: false, Known(Near, 0));
        await FillAsync();
        Assert.False(await room.MakeAsync(Body, Cancellation));
        _rows.Update([Row(Near, durable: Journal.Last.Sequence, applied: Journal.Last.Sequence - 1)]);

        Assert.True(await room.MakeAsync(Body, Cancellation));

        Assert.All(member.Standing.Current.Membership.Known, node => Assert.False(node.IsDetached));
    }

    [Fact]
    public async Task A_replica_lets_nobody_go()
    {
        var (room, member) = Room(detaches: true, Role.Replica, Known(Away, 0));
        await FillAsync();

        Assert.False(await room.MakeAsync(Body, Cancellation));
        await room.LookAheadAsync(Cancellation);

        Assert.False(member.Standing.Current.Membership.Known.Single().IsDetached);
    }

    [Fact]
    public async Task A_write_larger_than_the_budget_costs_nobody_the_chain()
    {
        var (room, member) = Room(detaches: true, Known(Away, 0));
        await FillAsync();

        Assert.False(await room.MakeAsync(Budget + 1, Cancellation));

        Assert.False(member.Standing.Current.Membership.Known.Single().IsDetached);
    }

    [Fact]
    public async Task Who_was_let_go_counts_as_back_once_it_has_applied_more_than_there_was_then()
    {
        var (room, member) = Room(detaches: true, Known(Away, 0));
        var retention = new TeeProxy.Delivery.Retention(
            room, member, _rows, _ => ":9001", new HeadOutcomes(Journal, TestComparison.Of(new CursorNotes())), TimeProvider.System, NullLogger<TeeProxy.Delivery.Retention>.Instance);
        await FillAsync();
        _rows.Update([Row(Away, durable: 0, applied: 0)]); // what it said before it went away
        await retention.StepAsync(Cancellation);
        await retention.StepAsync(Cancellation);
        var known = member.Standing.Current.Membership.Known.Single();
        Assert.True(known.IsDetached);

        _rows.Update([Row(Away, durable: known.DetachedAt + 1, applied: known.DetachedAt)]);
        await retention.StepAsync(Cancellation);

        Assert.False(member.Standing.Current.Membership.Known.Single().IsDetached);
    }

    [Fact]
    public async Task A_listed_successor_that_was_never_here_holds_nothing_either_when_the_journal_is_full()
    {
        var (room, _) = Room(detaches: true);
        await FillAsync();

        Assert.True(await room.MakeAsync(Body, Cancellation));
    }

    /// <summary>To the last byte, all of it applied here.</summary>
    private async Task FillAsync()
    {
        while (Journal.HasRoomFor(Body + 1024))
        {
            await Journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), new byte[Body]));
        }

        _progress.Apply(Journal.Last.Sequence);
    }

    private static AckRow Row(Guid node, long durable, long applied) => new(node, TheirJournal, durable, applied, default, AckState.None, default);

    private static KnownNode Known(Guid node, long durable) => new(node, TheirJournal, ":9001", durable);

    private (JournalRoom Room, ChainMember Member) Room(bool detaches, params KnownNode[] known) => Room(detaches, Role.Head, known);

    private (JournalRoom Room, ChainMember Member) Room(bool detaches, Role role, params KnownNode[] known)
    {
        var membership = new Membership { Node = Guid.NewGuid(), Chain = Guid.NewGuid(), Role = role, Epoch = 1, Known = known };
        var member = new ChainMember(_data.Folder, Journal, membership, hasNext: true);
        var room = new JournalRoom(
            Journal, member, _progress, _rows, new Following<NextList>(new NextList(0, [":9001"])), detaches, TimeProvider.System, NullLogger<JournalRoom>.Instance);
        _parts.AddRange([room, member]);
        return (room, member);
    }
}
