using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

/// <summary>What is no stream: questions, promises, answers that were heard.</summary>
public sealed class OpeningsTests : IAsyncLifetime
{
    private PartChain? _started;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PartChain Chain => _started!;

    public async ValueTask InitializeAsync() => _started = await PartChain.StartAsync();

    public ValueTask DisposeAsync() => Chain.DisposeAsync();

    [Fact]
    public async Task A_promise_is_durable_when_it_is_answered()
    {
        var answer = await Chain.Tail.Openings.PromiseAsync(Candidacy(2), Cancellation);

        var durable = Chain.Durable(PartChain.TailAddress);
        Assert.Equal((Verdict.Accept, 2), (answer.Verdict, answer.PromisedEpoch));
        Assert.Equal((2, Chain.Next.Node), (durable.Epoch, durable.Head!.Value));
    }

    [Fact]
    public async Task A_head_that_promises_records_nothing_behind_it()
    {
        var answer = await Chain.Head.Openings.PromiseAsync(Candidacy(2), Cancellation);

        Assert.Equal((Verdict.Accept, Role.Replica), (answer.Verdict, Chain.Head.Membership.Role));
        Assert.Equal(AppendFailure.Sealed, await Chain.Head.WhyNotAppendedAsync());
        Assert.Equal(answer.Last, Chain.Head.Journal.Last.ToProtocol());
    }

    [Fact]
    public async Task A_head_that_refuses_goes_on()
    {
        await Chain.Head.AppendAsync();

        var answer = await Chain.Head.Openings.PromiseAsync(Candidacy(2), Cancellation);

        Assert.Equal((Verdict.Ahead, 1), (answer.Verdict, Chain.Durable(PartChain.HeadAddress).Epoch));
        Assert.Null(await Chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task A_restarted_head_that_refused_before_it_was_confirmed_goes_on_once_it_is()
    {
        var head = await Chain.RestartAsync(PartChain.HeadAddress);
        Assert.False(head.Standing.IsConfirmed);

        var answer = await head.Openings.PromiseAsync(Candidacy(2) with { Chain = Guid.NewGuid() }, Cancellation);
        await new Confirmation(head.Member, head.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);

        Assert.Equal(Verdict.Foreign, answer.Verdict);
        Assert.True(head.Standing.MayTakeWrites);
        Assert.Null(await head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task A_question_of_the_same_epoch_changes_nothing()
    {
        var before = Chain.Head.Standing;

        var answer = await Chain.Head.Openings.InformAsync(Chain.Next.Open(OpeningPurpose.Ask), Cancellation);

        Assert.Equal((Verdict.Accept, Chain.Head.Node, 1), (answer.Verdict, answer.Node, answer.PromisedEpoch));
        Assert.Same(before, Chain.Head.Standing);
    }

    [Fact]
    public async Task A_question_of_a_higher_epoch_ends_an_old_heads_rule_and_names_its_orphans()
    {
        var question = Candidacy(2) with { Purpose = OpeningPurpose.Ask, Head = Chain.Next.Node, Epochs = [.. Chain.Next.Membership.Epochs, new EpochStart(2, Chain.Next.Node, 3)] };

        var answer = await Chain.Head.Openings.InformAsync(question, Cancellation);

        var durable = Chain.Durable(PartChain.HeadAddress);
        Assert.Equal((Verdict.Accept, 2), (answer.Verdict, answer.PromisedEpoch));
        Assert.Equal((Role.Replica, 2, 3L), (durable.Role, durable.Epoch, durable.OrphansFrom));
        Assert.Equal(AppendFailure.Sealed, await Chain.Head.WhyNotAppendedAsync());
    }

    [Fact]
    public async Task A_higher_epoch_that_is_heard_of_is_followed_and_names_the_orphans()
    {
        var answer = Chain.Tail.Openings.Accept() with
        {
            PromisedEpoch = 2,
            Head = Chain.Next.Node,
            Epochs = [.. Chain.Next.Membership.Epochs, new EpochStart(2, Chain.Next.Node, 3)],
        };

        await Chain.Head.Openings.HearAsync([answer], Cancellation);

        Assert.Equal((Role.Replica, 2, 3L), (Chain.Head.Membership.Role, Chain.Head.Membership.Epoch, Chain.Head.Membership.OrphansFrom));
    }

    [Fact]
    public async Task A_restarted_head_asks_everybody_and_is_confirmed_by_any()
    {
        var head = await Chain.RestartAsync(PartChain.HeadAddress);
        Chain.Down.Add(PartChain.NextAddress);

        await new Confirmation(head.Member, head.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);

        Assert.True(head.Standing.MayTakeWrites);
        Assert.Equal([PartChain.NextAddress, PartChain.TailAddress], Chain.Asked.Select(asked => asked.Address).Order(StringComparer.Ordinal));
        Assert.All(Chain.Asked, asked => Assert.Equal(OpeningPurpose.Ask, asked.Purpose));
    }

    [Fact]
    public async Task A_restarted_head_that_reaches_nobody_waits()
    {
        var head = await Chain.RestartAsync(PartChain.HeadAddress);
        Chain.Down.UnionWith([PartChain.NextAddress, PartChain.TailAddress]);

        await new Confirmation(head.Member, head.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);

        Assert.False(head.Standing.MayTakeWrites);
    }

    [Fact]
    public async Task A_restarted_head_whose_node_was_replaced_meanwhile_steps_down()
    {
        await Chain.Tail.Openings.PromiseAsync(Candidacy(2), Cancellation);
        var head = await Chain.RestartAsync(PartChain.HeadAddress);

        await new Confirmation(head.Member, head.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);

        Assert.Equal((Role.Replica, 2, Chain.Next.Node), (head.Membership.Role, head.Membership.Epoch, head.Membership.Head!.Value));
    }

    [Fact]
    public async Task Who_is_confirmed_or_leads_nothing_asks_nobody()
    {
        await new Confirmation(Chain.Head.Member, Chain.Head.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);
        await new Confirmation(Chain.Next.Member, Chain.Next.Openings, Chain.AskAsync, TimeProvider.System).StepAsync(Cancellation);

        Assert.Empty(Chain.Asked);
    }

    private Opening Candidacy(long epoch) => Chain.Next.Open(OpeningPurpose.Promise) with { Epoch = epoch };
}
