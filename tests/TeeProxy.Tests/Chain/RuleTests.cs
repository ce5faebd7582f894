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
