using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class HeartTests : IAsyncLifetime
{
    private readonly HandClock _clock = new();
    private PartChain? _started;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PartChain Chain => _started!;

    public async ValueTask InitializeAsync() => _started = await PartChain.StartAsync(_clock);

    public ValueTask DisposeAsync() => Chain.DisposeAsync();

    [Fact]
    public async Task The_head_beats_and_tells_who_counts()
    {
        await Chain.Head.Heart.StepAsync(Cancellation);
        var first = Chain.Head.Beats.Current;
        await Chain.Head.Heart.StepAsync(Cancellation);
        var second = Chain.Head.Beats.Current;

        Assert.Equal((4L, 1L), (first.Heartbeat.LastSequence, first.Heartbeat.Epoch));
        Assert.Equal((first.Heartbeat.Incarnation, first.Heartbeat.Counter + 1), (second.Heartbeat.Incarnation, second.Heartbeat.Counter));
        Assert.Equal([Chain.Head.Node, Chain.Next.Node, Chain.Tail.Node], ChainView.TryRead(second.View.Span)!.Nodes.Select(node => node.Node));
    }

    [Fact]
    public async Task A_node_that_was_announced_counts_with_the_beat_behind_everybodys_word()
    {
        var added = new KnownNode(Guid.NewGuid(), Guid.NewGuid(), ":9003", 4);
        await Chain.Head.Member.ChangeAsync(now => now.WithKnown(added), Cancellation);
        await Chain.Head.Heart.StepAsync(Cancellation);
        Assert.Equal([added.Node], Chain.Head.Membership.Announced.Select(node => node.Node));

        await Chain.TellAsync();
        Chain.Head.Rows.Update([.. Chain.Head.Rows.Rows.Select(row => row.Ack), new AckRow(added.Node, added.Journal, 4, 4, Chain.Head.Membership.View, AckState.None, default)]);
        await Chain.Head.Heart.StepAsync(Cancellation);

        Assert.Empty(Chain.Durable(PartChain.HeadAddress).Announced);
        Assert.Equal(added.Node, ChainView.TryRead(Chain.Head.Beats.Current.View.Span)!.Nodes[^1].Node);
    }

    [Fact]
    public async Task What_changed_is_told_with_the_next_beat()
    {
        await Chain.Head.Heart.StepAsync(Cancellation);
        await Chain.Head.Member.ChangeAsync(now => now.Without(Chain.Tail.Node), Cancellation);
        await Chain.Head.Heart.StepAsync(Cancellation);

        Assert.Equal([Chain.Tail.Node], ChainView.TryRead(Chain.Head.Beats.Current.View.Span)!.Removed);
    }

    [Fact]
    public async Task A_replica_originates_no_beat()
    {
        await Chain.Next.Heart.StepAsync(Cancellation);

        Assert.Same(Beat.None, Chain.Next.Beats.Current);
    }

    [Fact]
    public async Task A_replica_takes_over_durably_what_the_head_says_of_the_chain()
    {
        await Chain.Head.Member.ChangeAsync(now => now.Without(Chain.Tail.Node), Cancellation);
        await BeatAsync();

        await Chain.Next.Heart.StepAsync(Cancellation);

        var durable = Chain.Durable(PartChain.NextAddress);
        Assert.Equal([Chain.Tail.Node], durable.Removed);
        Assert.Empty(durable.Known);
        Assert.Equal([Chain.Head.Node, Chain.Next.Node], durable.Nodes.Select(node => node.Node));
    }

    [Fact]
    public async Task A_view_that_cannot_be_read_is_as_good_as_none()
    {
        var before = Chain.Next.Standing;
        Follower.Observe(new Heartbeat(1, 1, 4, 1), "{\"nodes\": 1"u8);

        await Chain.Next.Heart.StepAsync(Cancellation);

        Assert.Same(before, Chain.Next.Standing);
    }

    [Fact]
    public async Task A_node_that_joins_counts_once_it_has_applied_what_the_head_had_a_max_lag_ago()
    {
        await Chain.Next.Member.ChangeAsync(now => now with { IsJoining = true }, Cancellation);
        await BeatAsync();
        await Chain.Next.Heart.StepAsync(Cancellation);
        Assert.True(Chain.Next.Membership.IsJoining); // it has not watched for a max-lag
        _clock.AdvanceMilliseconds(1000);
        await BeatAsync();

        Chain.Next.Applied = 3;
        await Chain.Next.Heart.StepAsync(Cancellation);
        Assert.True(Chain.Next.Membership.IsJoining);
        Chain.Next.Applied = 4;
        await Chain.Next.Heart.StepAsync(Cancellation);

        Assert.False(Chain.Durable(PartChain.NextAddress).IsJoining);
    }

    [Fact]
    public async Task Without_the_heads_beat_nothing_is_known_of_where_it_is()
    {
        await BeatAsync();
        _clock.AdvanceMilliseconds(1000);
        await Chain.Next.Heart.StepAsync(Cancellation);
        Assert.Equal(4, Chain.Next.HeadWindow.Then());

        _clock.Advance(Pulse.Lease);
        await Chain.Next.Heart.StepAsync(Cancellation);

        Assert.Null(Chain.Next.HeadWindow.Then());
    }

    [Fact]
    public async Task A_promotion_that_a_crash_interrupted_before_the_epochs_record_is_finished_once_somebody_confirms_it()
    {
        var node = await PromisedToNextAsync(isRecorded: false);

        await node.Heart.StepAsync(Cancellation);
        Assert.Equal((true, 4L), (node.Membership.IsTakingOffice, node.Journal.Last.Sequence));
        await ConfirmAsync(node);
        await node.Heart.StepAsync(Cancellation);

        Assert.True(node.Standing.MayTakeWrites);
        Assert.Equal((5L, 2L), (node.Journal.Last.Sequence, node.Journal.Last.Epoch));
        Assert.Equal(new EpochStart(2, node.Node, 5), Chain.Durable(PartChain.NextAddress).Epochs[^1]);
        Assert.Null(await node.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task A_promotion_that_a_crash_interrupted_behind_the_epochs_record_records_no_second_one()
    {
        var node = await PromisedToNextAsync(isRecorded: true);
        await ConfirmAsync(node);

        await node.Heart.StepAsync(Cancellation);

        Assert.True(node.Standing.MayTakeWrites);
        Assert.Equal(5, node.Journal.Last.Sequence);
        Assert.Equal(new EpochStart(2, node.Node, 5), Chain.Durable(PartChain.NextAddress).Epochs[^1]);
    }

    private HeadFollower Follower => new(Chain.Next.Lease, Chain.Next.HeadWindow, Chain.Next.Beats);

    /// <summary>The head beats, and the next node hears it.</summary>
    private async Task BeatAsync()
    {
        await Chain.Head.Heart.StepAsync(Cancellation);
        Assert.True(Follower.Observe(Chain.Head.Beats.Current.Heartbeat, Chain.Head.Beats.Current.View.Span));
    }

    private async Task ConfirmAsync(Part node)
    {
        await new Confirmation(node.Member, node.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);
        Assert.True(node.Standing.IsConfirmed);
    }

    /// <summary>The next node led epoch 2 when it was killed; the tail has promised it, and the head is gone.</summary>
    private async Task<Part> PromisedToNextAsync(bool isRecorded)
    {
        Chain.Down.Add(PartChain.HeadAddress);
        var epochs = Chain.Next.Membership.Epochs;
        if (isRecorded)
        {
            using var promotion = new Promotion(
                Chain.Next.Member, Chain.Next.Openings, Chain.Next.Office, Chain.Next.Journal, Chain.Next.Lease, Chain.AskAsync, _ => Task.CompletedTask, () => { });
            Assert.Null((await promotion.RunAsync(new HashSet<Guid>(), Cancellation)).Refusal);
        }
        else
        {
            await Chain.Tail.Openings.PromiseAsync(Chain.Next.Open(OpeningPurpose.Promise) with { Epoch = 2 }, Cancellation);
        }

        return await Chain.RestartAsync(
            PartChain.NextAddress,
            now => now with { Role = Role.Head, IsTakingOffice = true, Epoch = 2, Head = now.Node, HeadAddress = PartChain.NextAddress, Epochs = epochs });
    }
}
