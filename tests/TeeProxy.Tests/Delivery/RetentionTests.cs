using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using Retention = TeeProxy.Delivery.Retention;

namespace TeeProxy.Tests.Delivery;

public sealed class RetentionTests : IAsyncLifetime
{
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly Guid TheirJournal = Guid.NewGuid();

    private readonly TemporaryFolder _data = new();
    private readonly RowTable _rows = new();
    private readonly Progress _progress = new(0);
    private FullFolder? _folder;
    private Journal? _opened;
    private JournalRoom? _room;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Journal Journal => _opened!;

    public async ValueTask InitializeAsync()
    {
        _folder = new FullFolder(_data.Folder);
        _opened = _data.OpenJournal();
        for (var i = 0; i < 20; i++)
        {
            await _opened.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _room?.Dispose();
        await Journal.DisposeAsync();
        _progress.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task A_node_alone_lets_go_of_what_its_application_has()
    {
        using var member = Member();
        _progress.Apply(12);

        await Retention(member, next: null).StepAsync(Cancellation);

        Assert.Equal(12, Journal.Passed);
    }

    [Fact]
    public async Task The_slowest_application_of_the_chain_counts()
    {
        using var member = Member();
        _progress.Apply(12);
        _rows.Update([Row(One, durable: 18, applied: 9), Row(Other, durable: 15, applied: 11)]);

        await Retention(member, next: ":9001").StepAsync(Cancellation);

        Assert.Equal(9, Journal.Passed);
    }

    [Fact]
    public async Task What_the_rows_confirm_is_remembered_durably()
    {
        using var member = Member();
        _rows.Update([Row(One, durable: 18, applied: 9), Row(Other, durable: 15, applied: 11)]);

        await Retention(member, next: ":9001").StepAsync(Cancellation);
        Assert.Equal([new KnownNode(One, TheirJournal, ":9001", 18)], MembershipFile.Load(_data.Folder).Known); // the other's address has not come yet
        _rows.Update([Row(One, durable: 18, applied: 9), Row(Other, durable: 15, applied: 11, detail: """{"address":":9002","admin":":9502"}""")]);
        await Retention(member, next: ":9001").StepAsync(Cancellation);

        Assert.Equal(
            [new KnownNode(One, TheirJournal, ":9001", 18), new KnownNode(Other, TheirJournal, ":9002", 15)],
            MembershipFile.Load(_data.Folder).Known);
    }

    [Fact]
    public async Task A_node_that_joins_is_not_known_before_it_has_caught_up()
    {
        using var member = Member();
        _rows.Update([Row(One, durable: 18, applied: 9) with { State = AckState.Joining }]);

        await Retention(member, next: ":9001").StepAsync(Cancellation);
        Assert.Empty(member.Standing.Current.Membership.Known);
        _rows.Update([Row(One, durable: 20, applied: 20)]);
        await Retention(member, next: ":9001").StepAsync(Cancellation);

        Assert.Equal(One, Assert.Single(member.Standing.Current.Membership.Known).Node);
    }

    [Fact]
    public async Task A_known_node_that_is_away_holds_what_it_has_not_confirmed()
    {
        using var member = Member(new KnownNode(Other, TheirJournal, ":9002", 5));
        _progress.Apply(12);
        _rows.Update([Row(One, durable: 18, applied: 9)]);

        await Retention(member, next: ":9001").StepAsync(Cancellation);
        Assert.Equal(5, Journal.Passed);
        _rows.Update([Row(One, durable: 18, applied: 9), Row(Other, durable: 10, applied: 7)]);
        await Retention(member, next: ":9001").StepAsync(Cancellation);

        Assert.Equal(7, Journal.Passed);
    }

    [Fact]
    public async Task A_successor_that_was_never_seen_holds_everything_too()
    {
        using var member = Member();
        _progress.Apply(12);

        await Retention(member, next: ":9001").StepAsync(Cancellation);

        Assert.Equal(0, Journal.Passed);
    }

    [Fact]
    public async Task On_a_full_disk_it_still_lets_go_since_that_is_what_makes_room()
    {
        using var member = Member(new KnownNode(One, TheirJournal, ":9001", 5));
        _progress.Apply(12);
        _rows.Update([Row(One, durable: 18, applied: 9)]);
        _folder!.IsFull = true;

        await Assert.ThrowsAsync<DiskFullException>(() => Retention(member, next: ":9001").StepAsync(Cancellation));
        Assert.Equal(9, Journal.Passed);
        _folder.IsFull = false;
        await Retention(member, next: ":9001").StepAsync(Cancellation);

        Assert.Equal(18, MembershipFile.Load(_data.Folder).Known.Single().Durable);
    }

    private static AckRow Row(Guid node, long durable, long applied, string detail = "") =>
        new(node, TheirJournal, durable, applied, default, AckState.None, System.Text.Encoding.UTF8.GetBytes(detail));

    private ChainMember Member(params KnownNode[] known)
    {
        var membership = new Membership { Node = Guid.NewGuid(), Chain = Guid.NewGuid(), Role = Role.Replica, Epoch = 1, Known = known };
        return new ChainMember(_folder!, Journal, membership, hasNext: true);
    }

    private Retention Retention(ChainMember member, string? next)
    {
        var outcomes = new HeadOutcomes(Journal, TestComparison.Of(new CursorNotes()));
        _room = new JournalRoom(Journal, member, _progress, _rows, new Following<NextList>(new NextList(0, next is null ? [] : [next])), detaches: false, TimeProvider.System, NullLogger<JournalRoom>.Instance);
        return new Retention(_room, member, _rows, _ => next, outcomes, TimeProvider.System, NullLogger<Retention>.Instance);
    }
}
