using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Hop;
using TeeProxy.Requests;
using TeeProxy.Tests.Delivery;
using TeeProxy.Tests.Hop;

namespace TeeProxy.Tests.Tracing;

/// <summary>A node that was away: what it does late belongs to the traces of the writes all the same.</summary>
[Collection(Listening.Name)]
public sealed class LateNodeTests : IDisposable
{
    private const string Ada = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private const string Bob = "00-11111111111111111111111111111111-2222222222222222-01";

    private readonly TemporaryFolder _headData = new();
    private readonly TemporaryFolder _data = new();
    private readonly Listener _listener = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _headData.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task What_it_catches_up_with_is_committed_and_delivered_in_the_writes_own_traces()
    {
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (var before = await HopNode.StartAsync(_data))
        {
            await using var running = new RunningLink(head.LinkTo(before.Address));
            await head.FoundAsync();
            await before.ReachesAsync(1);
        }

        await head.Journal.AppendAsync(EntryKind.Write, Traced(Ada));
        await head.Journal.AppendAsync(EntryKind.Write, Traced(Bob));
        Assert.Empty(_listener.Ended); // nobody but the head has them

        await using (var back = await HopNode.StartAsync(_data))
        {
            await using var running = new RunningLink(head.LinkTo(back.Address));
            await ToldAsync("commit");
            await ToldAsync("hop");
        }

        await using var application = await FakeApplication.StartAsync();
        await using var delivering = Deliverer.Start(_data, application.Address, Role.Replica);
        await delivering.AppliesAsync(3);
        await ToldAsync("deliver POST");

        Assert.Equal(6, _listener.Ended.Count);
    }

    [Fact]
    public async Task What_is_on_the_disk_before_anybody_waits_for_it_is_told_of_too()
    {
        await using var node = await HopNode.StartAsync(_data);
        await using var head = _headData.OpenJournal();
        await head.AppendAsync(EntryKind.Write, Traced(Ada));
        await head.AppendAsync(EntryKind.Write, Traced(Bob));
        using var reader = head.OpenReader(0);
        var records = new byte[4096];
        byte[] frame = [.. new byte[FrameCodec.HeaderBytes], .. records.AsSpan(0, reader.ReadRaw(records))];
        FrameCodec.Seal(frame, FrameType.Entries);
        var rows = new RowSource(node.Member, node.Journal, node.Progress, node.Ahead, node.Rows, _ => (AckState.Readable, new() { Address = "here", Admin = "none" }));
        var follower = new HeadFollower(node.Lease, new LagWindow(TimeProvider.System, TimeSpan.FromSeconds(1)), node.Beats);
        await using var wire = new HopStream(new SlowThread(frame, () => node.Journal.Last.Sequence == 2));
        var stream = new PredecessorStream(wire, HandPredecessor.Fresh(node), node.Journal, follower, rows, node.Ahead, node.Progress, () => { }, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var running = stream.RunAsync(stop.Token);
        await ToldAsync("commit", first: 1);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>One span of this name in the trace of each of the two writes, as a child of its client's span.</summary>
    private async Task ToldAsync(string name, long first = 2)
    {
        foreach (var (traceparent, sequence) in new[] { (Ada, first), (Bob, first + 1) })
        {
            var span = await _listener.EndedAsync(span => span.OperationName == name && Equals(span.GetTagItem("teechain.sequence"), sequence));
            Assert.Equal(traceparent, $"00-{span.TraceId}-{span.ParentSpanId}-01");
        }
    }

    private static EntryPayload Traced(string traceparent) =>
        EntryPayload.InMemory(new RequestHead("POST", "/x", [new("Host", "h"), new("traceparent", traceparent)]).Encode(), new byte[3]);

    /// <summary>A connection that has brought a frame; who then reads on is held up, as a busy machine may, until <paramref name="isCommitted"/>.</summary>
    private sealed class SlowThread(byte[] frame, Func<bool> isCommitted) : MemoryStream(frame)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length)
            {
                return Read(buffer.Span);
            }

            Assert.True(SpinWait.SpinUntil(isCommitted, Eventually.Deadline), "the records are committed");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
