using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;
using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

/// <summary>What is no stream, over a real connection; and a list of successors that is replaced.</summary>
public sealed class InquiryTests : IDisposable
{
    private readonly TemporaryFolder _headData = new();
    private readonly TemporaryFolder _nextData = new();
    private readonly TemporaryFolder _tailData = new();
    private readonly HopDialer _dialer = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _dialer.Dispose();
        _headData.Dispose();
        _nextData.Dispose();
        _tailData.Dispose();
    }

    [Fact]
    public async Task A_question_is_answered_and_changes_nothing()
    {
        await using var node = await HopNode.StartAsync(_nextData);
        var before = node.Member.Standing.Current;

        var answer = await AskAsync(node, HandPredecessor.Fresh(node) with { Purpose = OpeningPurpose.Ask });

        Assert.Equal((Verdict.Accept, node.Member.Node, node.Journal.JournalId), (answer!.Verdict, answer.Node, answer.Journal));
        Assert.Same(before, node.Member.Standing.Current);
        Assert.Null(node.Previous);
    }

    [Fact]
    public async Task Nobody_there_is_no_answer()
    {
        Address gone;
        await using (var node = await HopNode.StartAsync(_nextData))
        {
            gone = node.Address;
        }

        await using var other = await HopNode.StartAsync(_tailData);
        var question = HandPredecessor.Fresh(other) with { Purpose = OpeningPurpose.Ask };

        Assert.Null(await Inquiry(HopNode.Secret).AskAsync(gone.ToString(), question, Eventually.Deadline, Cancellation));
        Assert.Null(await Inquiry(HopNode.Secret).AskAsync("no address", question, Eventually.Deadline, Cancellation));
        Assert.Null(await Inquiry("another secret").AskAsync(other.Address.ToString(), question, Eventually.Deadline, Cancellation));
    }

    [Fact]
    public async Task A_promise_fences_the_old_head_that_streams()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await head.FoundAsync();
        await head.AppendAsync(5, _ => 10);
        await next.ReachesAsync(6);
        var candidate = Guid.NewGuid();

        var answer = await AskAsync(
            next, next.Openings.Open(next.Member.Standing.Current, OpeningPurpose.Promise) with { Node = candidate, Epoch = 2, Path = [candidate] });

        Assert.Equal((Verdict.Accept, 2, candidate), (answer!.Verdict, answer.PromisedEpoch, answer.Head!.Value));
        await Eventually.TrueAsync(() => head.Member.Standing.Current.Membership is { Role: Role.Replica, Epoch: 2 }, "the old head hears of the new epoch and steps down");
        Assert.Equal(answer.Last, next.Journal.Last.ToProtocol());
    }

    [Fact]
    public async Task A_head_is_asked_to_hand_over()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await head.FoundAsync();
        await head.AppendAsync(5, _ => 10);
        await next.ReachesAsync(6);

        var answer = await AskAsync(head, next.Openings.Open(next.Member.Standing.Current, OpeningPurpose.HandOver));

        Assert.Equal((Verdict.Accept, next.Journal.Last.ToProtocol()), (answer!.Verdict, answer.Last));
    }

    [Fact]
    public async Task The_rows_end_with_their_stream()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (new RunningLink(head.LinkTo(next.Address)))
        {
            await head.FoundAsync();
            await Eventually.TrueAsync(() => head.Rows.Rows.Count == 1, "the next node's row arrives");
        }

        Assert.Empty(head.Rows.Rows);
    }

    [Fact]
    public async Task A_list_is_replaced_while_it_runs()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var tail = await HopNode.StartAsync(_tailData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        var list = new Following<NextList>(new NextList(0, [next.Address.ToString()]));
        var successors = new SuccessorList(list, address => Spare(head, address), head.Journal, TimeProvider.System, NullLogger<SuccessorList>.Instance);
        using var stop = new CancellationTokenSource();
        var running = successors.RunAsync(stop.Token);
        await head.FoundAsync();
        await next.ReachesAsync(1);

        list.Publish(new NextList(1, [tail.Address.ToString()]));
        await head.AppendAsync(5, _ => 10);
        await tail.ReachesAsync(6);
        Assert.Equal(tail.Address, successors.Current!.Next);
        Assert.True(successors.IsFirstConnected);
        list.Publish(new NextList(2, []));
        await Eventually.TrueAsync(() => successors.Current is null, "the head is the tail too");

        Assert.True(successors.IsFirstConnected);
        Assert.Empty(successors.Status);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static SuccessorLink Spare(HopNode node, Address address)
    {
        var link = node.LinkTo(address);
        link.Assign(LinkPart.Spare);
        return link;
    }

    private Task<OpeningAnswer?> AskAsync(HopNode node, Opening opening) =>
        Inquiry(HopNode.Secret).AskAsync(node.Address.ToString(), opening, Eventually.Deadline, Cancellation);

    private Inquiry Inquiry(string secret) => new(new OpeningExchange(new OpeningCodec(System.Text.Encoding.UTF8.GetBytes(secret))), _dialer);
}
