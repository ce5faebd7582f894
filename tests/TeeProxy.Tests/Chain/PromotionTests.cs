using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class PromotionTests : IAsyncLifetime
{
    private PartChain? _started;
    private int _inOffice;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PartChain Chain => _started!;

    public async ValueTask InitializeAsync() => _started = await PartChain.StartAsync();

    public ValueTask DisposeAsync() => Chain.DisposeAsync();

    [Fact]
    public async Task With_the_head_gone_a_replica_leads_the_next_epoch_and_everybody_has_promised_it()
    {
        Chain.Down.Add(PartChain.HeadAddress);

        var result = await PromoteAsync();

        Assert.Equal((null, 2L, 5L), (result.Refusal, result.Epoch, result.Sequence));
        Assert.Equal([new ChainNode(Chain.Head.Node, PartChain.HeadAddress)], result.Skipped);
        AssertLeads(Chain.Next, 2);
        Assert.Equal(new EpochStart(2, Chain.Next.Node, 5), Chain.Durable(PartChain.NextAddress).Epochs[^1]);
        var promised = Chain.Durable(PartChain.TailAddress);
        Assert.Equal((Role.Replica, 2, Chain.Next.Node, PartChain.NextAddress), (promised.Role, promised.Epoch, promised.Head!.Value, promised.HeadAddress));
        Assert.Equal(1, _inOffice);
        Assert.Null(await Chain.Next.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task Who_is_gone_on_without_counts_no_more_and_what_may_be_missing_is_said()
    {
        Chain.Down.UnionWith([PartChain.HeadAddress, PartChain.TailAddress]);
        Chain.Next.Lease.Observe(new Heartbeat(1, 1, LastSequence: 9, Epoch: 1));

        var result = await PromoteAsync(Chain.Tail.Node);

        Assert.Equal((null, 2L), (result.Refusal, result.Sequence - 3));
        Assert.Equal([Chain.Tail.Node, Chain.Head.Node], result.Skipped.Select(node => node.Node));
        Assert.Empty(Chain.Next.Membership.Known);
        Assert.Contains("behind sequence 4 ", result.MayBeMissing, StringComparison.Ordinal);
        Assert.Contains("at 9 when it was last heard", result.MayBeMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_living_head_hands_over_what_it_has_and_leads_no_more()
    {
        await Chain.Head.AppendAsync();
        Chain.Between = async (_, opening) =>
        {
            if (opening.Purpose == OpeningPurpose.HandOver)
            {
                await Chain.CopyAsync(Chain.Next);
            }

            return null;
        };

        var result = await PromoteAsync();

        Assert.Equal((null, 6L, null), (result.Refusal, result.Sequence, result.MayBeMissing));
        Assert.Empty(result.Skipped);
        AssertLeads(Chain.Next, 2);
        Assert.Equal([Chain.Head.Node, Chain.Tail.Node], Chain.Next.Membership.Known.Select(known => known.Node).Order(Comparer<Guid>.Create((a, _) => a == Chain.Head.Node ? -1 : 1)));
        Assert.Equal((Role.Replica, 2), (Chain.Head.Membership.Role, Chain.Durable(PartChain.HeadAddress).Epoch));
        Assert.Equal(AppendFailure.Sealed, await Chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task The_stream_of_the_old_head_ends_after_the_own_promise_and_before_anybody_elses()
    {
        Chain.Down.Add(PartChain.HeadAddress);
        (long Epoch, bool HasAskedForPromises)? seen = null;
        using var promotion = Promotion(_ =>
        {
            seen = (Chain.Durable(PartChain.NextAddress).Epoch, Chain.Asked.Exists(asked => asked.Purpose == OpeningPurpose.Promise));
            return Task.CompletedTask;
        });

        await promotion.RunAsync(new HashSet<Guid>(), Cancellation);

        Assert.Equal((2, false), seen);
    }

    [Fact]
    public async Task A_refusal_by_what_is_known_changes_nothing()
    {
        Chain.Down.UnionWith([PartChain.HeadAddress, PartChain.TailAddress]);
        var before = Chain.Next.Standing;

        var result = await PromoteAsync();

        Assert.Contains("cannot be reached", result.Refusal, StringComparison.Ordinal);
        Assert.Same(before, Chain.Next.Standing);
        Assert.DoesNotContain(Chain.Asked, asked => asked.Purpose != OpeningPurpose.Ask);
        Assert.Equal(0, _inOffice);
    }

    [Fact]
    public async Task A_head_that_does_not_hand_over_goes_on() =>
        await AssertHeadGoesOnAsync("does not hand over: it is busy", Chain.Head.Openings.Refuse(Verdict.Busy, "it is busy"));

    [Fact]
    public async Task A_head_that_ends_with_another_record_goes_on() =>
        await AssertHeadGoesOnAsync("ends with record", Chain.Head.Openings.Accept() with { Last = new Position(5, 1, 0) });

    [Fact]
    public async Task A_head_that_takes_no_writes_as_it_is_and_holds_more_is_not_fenced() =>
        await AssertHeadGoesOnAsync("holds records up to 9", Chain.Head.Openings.Refuse(Verdict.Head, "it is not confirmed yet") with { Last = new Position(9, 1, 0) });

    [Fact]
    public async Task A_head_that_answers_but_not_to_a_hand_over_goes_on()
    {
        Chain.Between = (address, opening) =>
        {
            if (opening.Purpose == OpeningPurpose.HandOver)
            {
                Chain.Down.Add(address);
            }

            return Task.FromResult<OpeningAnswer?>(null);
        };

        var result = await PromoteAsync();

        Assert.Contains("has not handed over", result.Refusal, StringComparison.Ordinal);
        Assert.Equal((Role.Replica, 1), (Chain.Next.Membership.Role, Chain.Next.Membership.Epoch));
        Assert.Null(await Chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task A_promise_that_does_not_come_leaves_a_chain_without_a_head_and_it_is_promoted_again()
    {
        Chain.Down.Add(PartChain.HeadAddress);
        Chain.Between = (address, opening) =>
        {
            if (opening.Purpose == OpeningPurpose.Promise)
            {
                Chain.Down.Add(PartChain.TailAddress);
            }

            return Task.FromResult<OpeningAnswer?>(null);
        };

        var first = await PromoteAsync();
        Assert.Contains("it did not answer", first.Refusal, StringComparison.Ordinal);
        Assert.Equal((Role.Replica, 2, Chain.Next.Node), (Chain.Next.Membership.Role, Chain.Next.Membership.Epoch, Chain.Next.Membership.Head!.Value));
        Assert.Equal(4, Chain.Next.Journal.Last.Sequence);
        Chain.Between = null;
        Chain.Down.Remove(PartChain.TailAddress);
        var second = await PromoteAsync();

        Assert.Equal((null, 3L), (second.Refusal, second.Epoch));
        AssertLeads(Chain.Next, 3);
    }

    [Fact]
    public async Task A_promise_that_is_refused_is_told_in_the_others_words()
    {
        Chain.Down.Add(PartChain.HeadAddress);
        Chain.Between = (_, opening) => Task.FromResult(
            opening.Purpose == OpeningPurpose.Promise ? Chain.Tail.Openings.Refuse(Verdict.Diverged, "record 4 differs") : null);

        var result = await PromoteAsync();

        Assert.Contains("record 4 differs", result.Refusal, StringComparison.Ordinal);
        Assert.Equal(Role.Replica, Chain.Next.Membership.Role);
        Assert.Equal(0, _inOffice);
    }

    [Fact]
    public async Task A_crash_after_the_own_promise_leaves_a_chain_without_a_head_and_it_is_promoted_again()
    {
        Chain.Down.Add(PartChain.HeadAddress);
        using (var promotion = Promotion(_ => throw new OperationCanceledException("the process dies here")))
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => promotion.RunAsync(new HashSet<Guid>(), Cancellation));
        }

        var node = await Chain.RestartAsync(PartChain.NextAddress);
        Assert.Equal((Role.Replica, 2, node.Node), (node.Membership.Role, node.Membership.Epoch, node.Membership.Head!.Value));
        Assert.IsType<Admittance.Misdirected>(await node.Office.AdmitAsync(Cancellation));
        var again = await PromoteAsync();

        Assert.Equal((null, 3L), (again.Refusal, again.Epoch));
        AssertLeads(node, 3);
    }

    [Fact]
    public async Task A_higher_epoch_that_is_promised_while_promises_are_collected_wins()
    {
        Chain.Down.Add(PartChain.HeadAddress);
        var rival = Guid.NewGuid();
        Chain.Between = async (_, opening) =>
        {
            if (opening.Purpose == OpeningPurpose.Promise)
            {
                await Chain.Next.Openings.PromiseAsync(opening with { Node = rival, Epoch = 3, Address = ":9003" }, Cancellation);
            }

            return null;
        };

        var result = await PromoteAsync();

        Assert.NotNull(result.Refusal);
        Assert.Equal((Role.Replica, 3, rival), (Chain.Next.Membership.Role, Chain.Next.Membership.Epoch, Chain.Next.Membership.Head!.Value));
        Assert.Equal(4, Chain.Next.Journal.Last.Sequence);
    }

    [Fact]
    public async Task A_higher_epoch_that_is_promised_before_the_own_one_wins()
    {
        var rival = Guid.NewGuid();
        Chain.Between = async (_, opening) =>
        {
            if (opening.Purpose == OpeningPurpose.HandOver)
            {
                await Chain.Next.Openings.PromiseAsync(opening with { Node = rival, Epoch = 3, Address = ":9003" }, Cancellation);
            }

            return null;
        };

        var result = await PromoteAsync();

        Assert.NotNull(result.Refusal);
        Assert.Equal((Role.Replica, 3, rival), (Chain.Next.Membership.Role, Chain.Next.Membership.Epoch, Chain.Next.Membership.Head!.Value));
        Assert.Equal(1, Chain.Durable(PartChain.TailAddress).Epoch);
    }

    [Fact]
    public async Task There_is_one_promotion_at_a_time()
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Chain.Down.Add(PartChain.HeadAddress);
        Chain.Between = async (_, _) =>
        {
            isAsked.TrySetResult();
            await mayAnswer.Task;
            return null;
        };
        using var promotion = Promotion();
        var first = promotion.RunAsync(new HashSet<Guid>(), Cancellation);
        await isAsked.Task.WaitAsync(Eventually.Deadline, Cancellation);

        var second = await promotion.RunAsync(new HashSet<Guid>(), Cancellation);
        mayAnswer.SetResult();

        Assert.Contains("under way", second.Refusal, StringComparison.Ordinal);
        Assert.Null((await first).Refusal);
    }

    private async Task AssertHeadGoesOnAsync(string why, OpeningAnswer answer)
    {
        Chain.Between = (_, opening) => Task.FromResult(opening.Purpose == OpeningPurpose.HandOver ? answer : null);

        var result = await PromoteAsync();

        Assert.Contains(why, result.Refusal, StringComparison.Ordinal);
        Assert.Equal((Role.Replica, 1), (Chain.Next.Membership.Role, Chain.Next.Membership.Epoch));
        Assert.Null(await Chain.Head.WhyNotAppendedAsync());
    }

    private static void AssertLeads(Part node, long epoch)
    {
        Assert.True(node.Standing.MayTakeWrites);
        Assert.Equal((Role.Head, epoch, node.Node), (node.Membership.Role, node.Membership.Epoch, node.Membership.Head!.Value));
        Assert.Equal(epoch, node.Journal.Last.Epoch);
    }

    private async Task<Promotion.Result> PromoteAsync(params Guid[] forced)
    {
        using var promotion = Promotion();
        return await promotion.RunAsync(forced.ToHashSet(), Cancellation);
    }

    private Promotion Promotion(Func<CancellationToken, Task>? endPredecessor = null) => new(
        Chain.Next.Member, Chain.Next.Openings, Chain.Next.Office, Chain.Next.Journal, Chain.Next.Lease, Chain.AskAsync,
        endPredecessor ?? (_ => Task.CompletedTask), () => _inOffice++);
}
