using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class PredecessorRuleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly Guid Present = Guid.NewGuid();

    [Fact]
    public void Without_a_present_stream_the_newcomer_wins() => Assert.True(PredecessorRule.NewcomerWins(null, Guid.NewGuid(), isOfHigherEpoch: false, Interval));

    [Fact]
    public void The_same_node_replaces_its_own_stream_at_once() =>
        Assert.True(PredecessorRule.NewcomerWins(new(Present, TimeSpan.Zero), Present, isOfHigherEpoch: false, Interval));

    [Fact]
    public void A_stream_of_an_old_head_gives_way_to_one_of_a_new_epoch() =>
        Assert.True(PredecessorRule.NewcomerWins(new(Present, TimeSpan.Zero), Guid.NewGuid(), isOfHigherEpoch: true, Interval));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1499, false)]
    [InlineData(1500, true)]
    [InlineData(60_000, true)]
    public void Another_node_wins_once_the_present_stream_was_silent_for_three_intervals(int silentMilliseconds, bool wins) =>
        Assert.Equal(wins, PredecessorRule.NewcomerWins(new(Present, TimeSpan.FromMilliseconds(silentMilliseconds)), Guid.NewGuid(), isOfHigherEpoch: false, Interval));
}

public sealed class PinRuleTests
{
    private static readonly Guid TheChain = Guid.NewGuid();

    // Outcome: the role to begin with, or null when the node must not start.
    [Theory]
    [InlineData(RolePin.Auto, Role.Undecided, false, Role.Undecided)]
    [InlineData(RolePin.Auto, Role.Replica, false, Role.Replica)]
    [InlineData(RolePin.Auto, Role.Replica, true, Role.Replica)]
    [InlineData(RolePin.Auto, Role.Head, true, Role.Head)]
    [InlineData(RolePin.Head, Role.Undecided, false, Role.Undecided)]
    [InlineData(RolePin.Head, Role.Replica, false, Role.Undecided)]
    [InlineData(RolePin.Head, Role.Replica, true, null)]
    [InlineData(RolePin.Head, Role.Head, true, Role.Head)]
    [InlineData(RolePin.Replica, Role.Undecided, false, Role.Replica)]
    [InlineData(RolePin.Replica, Role.Replica, false, Role.Replica)]
    [InlineData(RolePin.Replica, Role.Replica, true, Role.Replica)]
    [InlineData(RolePin.Replica, Role.Head, true, null)]
    internal void The_pinned_role_meets_the_durable_one(RolePin pin, Role durable, bool hasChain, Role? begins)
    {
        var membership = new Membership { Node = Guid.NewGuid(), Chain = hasChain ? TheChain : null, Role = durable, Epoch = hasChain ? 3 : 0 };

        var (next, refusal) = PinRule.Apply(membership, pin);

        Assert.Equal(begins, next?.Role);
        Assert.Equal(begins is null, refusal is not null);
        Assert.Equal(begins is null ? null : membership with { Role = begins.Value }, next);
    }

    [Fact]
    public void A_refusal_names_the_chain_and_what_to_do()
    {
        var head = new Membership { Node = Guid.NewGuid(), Chain = TheChain, Role = Role.Head, Epoch = 3 };

        Assert.Contains($"head of chain {TheChain} (epoch 3)", PinRule.Apply(head, RolePin.Replica).Refusal, StringComparison.Ordinal);
        Assert.Contains("promotion", PinRule.Apply(head with { Role = Role.Replica }, RolePin.Head).Refusal, StringComparison.Ordinal);
    }
}

public sealed class BypassRuleTests
{
    private static readonly TimeSpan NotYet = BypassRule.Patience - TimeSpan.FromTicks(1);

    private static readonly Gen<BypassRule.Candidate> Candidates =
        from silent in Gen.Elements(TimeSpan.Zero, NotYet, BypassRule.Patience)
        from acked in Gen.Elements<long?>(null, 0, 1000 - BypassRule.CloseEnough - 1, 1000 - BypassRule.CloseEnough, 1000)
        select new BypassRule.Candidate(silent, acked);

    private static readonly Gen<(int Current, BypassRule.Candidate[] Listed)> Lists =
        from length in Gen.Choose(1, 4)
        from listed in Candidates.ArrayOf(length)
        from current in Gen.Choose(0, length - 1)
        select (current, listed);

    [Fact]
    public void A_successor_that_shows_itself_keeps_the_stream_however_far_behind_it_is() =>
        Assert.Equal(0, BypassRule.Choose(0, [new(NotYet, 0), new(TimeSpan.Zero, 1000)], 1000));

    [Fact]
    public void A_silent_successor_is_gone_past() =>
        Assert.Equal(1, BypassRule.Choose(0, [new(BypassRule.Patience, null), new(BypassRule.Patience, null)], 1000));

    [Fact]
    public void The_last_of_the_list_is_not_gone_past() =>
        Assert.Equal(1, BypassRule.Choose(1, [new(BypassRule.Patience, null), new(BypassRule.Patience, null)], 1000));

    [Theory]
    [InlineData(1000 - BypassRule.CloseEnough, 0)]
    [InlineData(1000 - BypassRule.CloseEnough - 1, 1)]
    public void A_bypassed_node_takes_the_stream_back_once_it_is_nearly_up_to_date(long acked, int chosen) =>
        Assert.Equal(chosen, BypassRule.Choose(1, [new(TimeSpan.Zero, acked), new(TimeSpan.Zero, 1000)], 1000));

    [Fact]
    public void A_longer_patience_than_a_lease_waits_for_a_restart() => Assert.True(BypassRule.Patience > Pulse.Lease);

    [Fact]
    public void The_stream_goes_on_by_one_from_a_silent_node_and_back_only_to_one_that_is_nearly_up_to_date() =>
        Prop.ForAll(
            Lists.ToArbitrary(),
            list =>
            {
                var chosen = BypassRule.Choose(list.Current, list.Listed, 1000);
                var nearlyUpToDate = Array.FindIndex(list.Listed, 0, list.Current, candidate => candidate.Acked >= 1000 - BypassRule.CloseEnough);

                return nearlyUpToDate >= 0 ? chosen == nearlyUpToDate
                    : chosen == list.Current || (chosen == list.Current + 1 && list.Listed[list.Current].Silent >= BypassRule.Patience);
            }).QuickCheckThrowOnFailure();
}

public sealed class OrphanRuleTests
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Membership Member = new() { Node = Guid.NewGuid(), Chain = TheChain, Epoch = 2 };
    private static readonly EpochStart[] Epochs = [new(1, Guid.NewGuid(), 1), new(2, Guid.NewGuid(), 10), new(3, Guid.NewGuid(), 20), new(4, Guid.NewGuid(), 30)];

    [Theory]
    [InlineData(1, 9, null)]
    [InlineData(1, 10, 10L)]
    [InlineData(2, 19, null)]
    [InlineData(2, 20, 20L)]
    [InlineData(2, 35, 20L)]
    [InlineData(4, 99, null)]
    public void Orphans_begin_where_the_chains_next_epoch_begins(long epoch, long last, long? first) =>
        Assert.Equal(first, OrphanRule.FirstOrphan(new Position(last, epoch, 0), Epochs));

    [Fact]
    public void A_chain_without_epochs_makes_no_orphans() => Assert.Null(OrphanRule.FirstOrphan(new Position(9, 1, 0), []));

    [Fact]
    public void What_the_chain_tells_is_noted_once()
    {
        var noted = OrphanRule.Note(Member, TheChain, new Position(25, 2, 0), Epochs);

        Assert.Equal(20, noted.OrphansFrom);
        Assert.Same(noted, OrphanRule.Note(noted, TheChain, new Position(12, 1, 0), Epochs));
    }

    [Fact]
    public void Another_chains_epochs_make_no_orphans()
    {
        var fresh = Member with { Chain = null };

        Assert.Same(Member, OrphanRule.Note(Member, Guid.NewGuid(), new Position(25, 2, 0), Epochs));
        Assert.Same(fresh, OrphanRule.Note(fresh, null, new Position(25, 2, 0), Epochs));
    }
}

public sealed class ViewRuleTests
{
    private static readonly Guid Self = Guid.NewGuid();
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();

    private static Membership Head => new()
    {
        Node = Self,
        Role = Role.Head,
        Epoch = 1,
        HeadAddress = ":9000",
        Known = [new(One, Guid.NewGuid(), ":9001", 7), new(Other, Guid.NewGuid(), ":9002", 6, DeclaredFrom: 3)],
        Removed = [Guid.NewGuid()],
    };

    [Fact]
    public void A_head_tells_who_counts_itself_first_and_what_was_said_of_the_others()
    {
        var head = CountRule.Tell(Head, Head.WithDetached(One, at: 9));

        var view = ViewRule.Of(head);

        Assert.Equal([new ChainNode(Self, ":9000"), new ChainNode(One, ":9001")], view.Nodes);
        Assert.Equal([new Declaration(Other, 3)], view.Declared);
        Assert.Equal([new Detachment(One, 9)], view.Detached);
        Assert.Equal(head.Removed, view.Removed);
    }

    [Fact]
    public void A_replica_does_with_the_nodes_it_knows_what_the_head_did()
    {
        var removed = Guid.NewGuid();
        var replica = new Membership { Node = Guid.NewGuid(), Epoch = 1, Known = [new(One, default, ":1", 5), new(Other, default, ":2", 5), new(removed, default, ":3", 5)] };

        var next = ViewRule.Adopt(replica, new ChainView(new(1, 4), [new(Self, ":9000")], [new(One, ":1")], [new(Other, 3)], [new(One, 9)], [removed]));

        Assert.Equal([new(One, default, ":1", 5, IsDetached: true, DetachedAt: 9), new KnownNode(Other, default, ":2", 5, DeclaredFrom: 3)], next.Known);
        Assert.Equal([new ChainNode(Self, ":9000")], next.Nodes);
        Assert.Equal([new ChainNode(One, ":1")], next.Announced);
        Assert.Equal(new ViewVersion(1, 4), next.View);
        Assert.Equal([removed], next.Removed);
    }

    [Fact]
    public void A_node_does_not_remove_itself()
    {
        var replica = new Membership { Node = One, Epoch = 1 };

        Assert.Empty(ViewRule.Adopt(replica, new ChainView(new(1, 1), [], [], [], [], [One])).Removed);
    }

    [Fact]
    public void What_was_adopted_changes_nothing_the_second_time()
    {
        var replica = new Membership { Node = Guid.NewGuid(), Epoch = 1, Known = [new(One, default, ":1", 5), new(Other, default, ":2", 5)] };
        var view = ViewRule.Of(CountRule.Tell(Head, Head.WithDetached(One, at: 9)));
        var adopted = ViewRule.Adopt(replica, ChainView.TryRead(view.Write())!);

        Assert.NotEqual(replica, adopted);
        Assert.Same(adopted, ViewRule.Adopt(adopted, ChainView.TryRead(view.Write())!));
    }

    [Theory]
    [InlineData(2, 5)] // older
    [InlineData(1, 9)] // of the head before: what it may count from now on, the candidate was not told of
    [InlineData(3, 1)] // of a head that this node has not promised to follow
    public void Only_a_newer_view_of_the_epoch_that_is_promised_is_taken_over(long epoch, long counter)
    {
        var replica = new Membership { Node = One, Epoch = 2, View = new(2, 5) };

        Assert.Same(replica, ViewRule.Adopt(replica, new ChainView(new(epoch, counter), [new(Self, ":9000")], [], [], [], [])));
    }
}

public sealed class FenceRuleTests
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Guid NewHead = Guid.NewGuid();
    private static readonly Membership Head = new() { Node = Guid.NewGuid(), Chain = TheChain, Role = Role.Head, IsTakingOffice = true, Epoch = 5 };

    [Theory]
    [InlineData(6)]
    [InlineData(5 + FenceRule.LongestEpochJump)]
    public void A_higher_epoch_is_followed_also_by_a_head(long epoch)
    {
        var next = FenceRule.Learn(Head, Answer(TheChain, epoch));

        Assert.Equal((Role.Replica, false, epoch, NewHead, ":9001"), (next.Role, next.IsTakingOffice, next.Epoch, next.Head!.Value, next.HeadAddress));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(5 + FenceRule.LongestEpochJump + 1)]
    [InlineData(long.MaxValue)]
    public void No_other_epoch_is(long epoch) => Assert.Same(Head, FenceRule.Learn(Head, Answer(TheChain, epoch)));

    [Fact]
    public void Another_chain_fences_nobody()
    {
        var fresh = new Membership { Node = Guid.NewGuid() };

        Assert.Same(Head, FenceRule.Learn(Head, Answer(Guid.NewGuid(), 6)));
        Assert.Same(Head, FenceRule.Learn(Head, Answer(null, 6)));
        Assert.Same(fresh, FenceRule.Learn(fresh, Answer(null, 6)));
    }

    private static OpeningAnswer Answer(Guid? chain, long epoch) => new()
    {
        Verdict = Verdict.Accept,
        Reason = "",
        Chain = chain,
        Node = Guid.NewGuid(),
        Journal = Guid.NewGuid(),
        PromisedEpoch = epoch,
        Head = NewHead,
        HeadAddress = ":9001",
        Last = default,
        Address = ":9002",
    };
}

public sealed class ConfirmRuleTests
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Position Ten = new(10, 2, 0xaa);
    private static readonly Membership Head = new() { Node = Guid.NewGuid(), Chain = TheChain, Role = Role.Head, Epoch = 2 };

    private static OpeningAnswer Follower => new()
    {
        Verdict = Verdict.Accept,
        Reason = "",
        Chain = TheChain,
        Node = Guid.NewGuid(),
        Journal = Guid.NewGuid(),
        PromisedEpoch = 2,
        Head = Head.Node,
        Last = Ten,
        Address = ":9002",
    };

    [Fact]
    public void One_that_still_follows_confirms_the_head() => Assert.True(ConfirmRule.Confirms(Head, Ten, [Follower with { Chain = null }, Follower]));

    [Fact]
    public void Nobody_confirms_nothing() => Assert.False(ConfirmRule.Confirms(Head, Ten, []));

    [Fact]
    public void Who_holds_more_than_the_head_shows_that_its_folder_is_older() =>
        Assert.False(ConfirmRule.Confirms(Head, Ten, [Follower, Follower with { Last = new Position(11, 2, 0), Head = Guid.NewGuid() }]));

    [Fact]
    public void So_does_who_was_told_more_than_the_head_remembers_to_have_told()
    {
        var head = Head with { View = new(2, 4) };

        Assert.True(ConfirmRule.Confirms(head, Ten, [Follower with { View = new(2, 4) }]));
        Assert.False(ConfirmRule.Confirms(head, Ten, [Follower with { View = new(2, 5) }]));
    }

    [Fact]
    public void What_another_chain_holds_does_not_matter() =>
        Assert.True(ConfirmRule.Confirms(Head, Ten, [Follower, Follower with { Last = new Position(11, 2, 0), Chain = Guid.NewGuid() }]));

    [Fact]
    public void Who_follows_another_epoch_head_or_chain_or_is_the_node_itself_confirms_nothing()
    {
        Assert.False(ConfirmRule.Confirms(Head, Ten, [Follower with { PromisedEpoch = 3 }]));
        Assert.False(ConfirmRule.Confirms(Head, Ten, [Follower with { PromisedEpoch = 1 }]));
        Assert.False(ConfirmRule.Confirms(Head, Ten, [Follower with { Head = Guid.NewGuid() }]));
        Assert.False(ConfirmRule.Confirms(Head, Ten, [Follower with { Chain = Guid.NewGuid() }]));
        Assert.False(ConfirmRule.Confirms(Head, Ten, [Follower with { Node = Head.Node }]));
        Assert.False(ConfirmRule.Confirms(Head with { Role = Role.Replica }, Ten, [Follower]));
    }
}
