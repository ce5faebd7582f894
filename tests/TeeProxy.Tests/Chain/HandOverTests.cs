using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class HandOverTests
{
    /// <summary>How much faster than a wall's clock: its seconds of patience are hundredths here.</summary>
    private const int Fast = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_handed_over_once_the_other_holds_all_and_nothing_comes_behind_that()
    {
        await using var chain = await PartChain.StartAsync();
        await chain.Head.AppendAsync();

        var handing = chain.Head.HandOver.AnswerAsync(Question(chain), Cancellation);
        await SealedAsync(chain.Head);
        Assert.False(handing.IsCompleted);
        await chain.CopyAsync(chain.Next);
        var answer = await handing.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal((Verdict.Accept, chain.Next.Journal.Last.ToProtocol()), (answer.Verdict, answer.Last));
        Assert.Equal(AppendFailure.Sealed, await chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task A_node_that_does_not_catch_up_in_time_is_refused_and_the_head_goes_on()
    {
        await using var chain = await PartChain.StartAsync(new FastClock(Fast));
        await chain.Head.AppendAsync();

        var answer = await chain.Head.HandOver.AnswerAsync(Question(chain), Cancellation);

        Assert.Equal(Verdict.Ahead, answer.Verdict);
        Assert.Contains("holds records up to 4, and this one up to 5", answer.Reason, StringComparison.Ordinal);
        Assert.Null(await chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task When_no_promise_follows_the_head_goes_on()
    {
        await using var chain = await PartChain.StartAsync(new FastClock(Fast));

        var answer = await chain.Head.HandOver.AnswerAsync(Question(chain), Cancellation);

        Assert.Equal(Verdict.Accept, answer.Verdict);
        AppendFailure? failure = AppendFailure.Sealed;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Eventually.Deadline);
        while (failure is not null)
        {
            await Task.Delay(5, deadline.Token);
            failure = await chain.Head.WhyNotAppendedAsync();
        }

        Assert.True(chain.Head.Standing.MayTakeWrites);
    }

    [Fact]
    public async Task When_the_promise_follows_the_old_head_takes_nothing_more()
    {
        var clock = new FastClock(Fast);
        await using var chain = await PartChain.StartAsync(clock);
        await chain.Head.HandOver.AnswerAsync(Question(chain), Cancellation);

        var promise = await chain.Head.Openings.PromiseAsync(Question(chain) with { Purpose = OpeningPurpose.Promise, Epoch = 2 }, Cancellation);
        await Task.Delay(HandOver.Patience * 3, clock, Cancellation); // far beyond the grace

        Assert.Equal(Verdict.Accept, promise.Verdict);
        Assert.Equal(AppendFailure.Sealed, await chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task There_is_one_hand_over_at_a_time()
    {
        await using var chain = await PartChain.StartAsync();
        await chain.Head.AppendAsync();
        var first = chain.Head.HandOver.AnswerAsync(Question(chain), Cancellation);

        var second = await chain.Head.HandOver.AnswerAsync(Question(chain), Cancellation);
        await chain.CopyAsync(chain.Next);

        Assert.Equal(Verdict.Busy, second.Verdict);
        Assert.Equal(Verdict.Accept, (await first.WaitAsync(Eventually.Deadline, Cancellation)).Verdict);
    }

    [Fact]
    public async Task Who_does_not_lead_that_chain_and_epoch_hands_nothing_over()
    {
        await using var chain = await PartChain.StartAsync();

        Assert.Equal(Verdict.Head, (await chain.Next.HandOver.AnswerAsync(Question(chain), Cancellation)).Verdict);
        Assert.Equal(Verdict.Head, (await chain.Head.HandOver.AnswerAsync(Question(chain) with { Epoch = 2 }, Cancellation)).Verdict);
        Assert.Equal(Verdict.Head, (await chain.Head.HandOver.AnswerAsync(Question(chain) with { Chain = Guid.NewGuid() }, Cancellation)).Verdict);
        Assert.Null(await chain.Head.WhyNotAppendedAsync());
    }

    private static Opening Question(PartChain chain) => chain.Next.Open(OpeningPurpose.HandOver);

    private static async Task SealedAsync(Part head)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Eventually.Deadline);
        while (await head.WhyNotAppendedAsync() != AppendFailure.Sealed)
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
