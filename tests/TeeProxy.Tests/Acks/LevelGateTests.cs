using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Spooling;

namespace TeeProxy.Tests.Acks;

public sealed class LevelGateTests : IDisposable
{
    private static readonly Guid Next = Guid.NewGuid();

    private readonly TemporaryFolder _data = new();
    private readonly Following<Standing> _standing = new(new Standing(new Membership { Node = Guid.NewGuid() }, [], true, true));
    private readonly PendingWrites _pending = new(isOpen: false);
    private bool _hasNext = true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task An_ack_lets_through_what_it_covers_and_a_broken_stream_takes_nothing_back()
    {
        await using var journal = _data.OpenJournal();
        var gate = new LevelGate(AckLevel.Chain, () => _hasNext, _standing, _pending);
        var rows = new RowTable(gate.RowsChanged);
        PendingWrite[] writes = [await WriteAsync(journal), await WriteAsync(journal), await WriteAsync(journal)];
        Answer(1);
        Answer(2);

        rows.Update([Row(1)]);

        Assert.True(writes[0].Completion.IsCompleted);
        Assert.False(writes[1].Completion.IsCompleted);
        Assert.Contains("is at 1", gate.Explain(2), StringComparison.Ordinal);
        rows.Update([Row(3)]);
        rows.Clear();
        Answer(3);
        Assert.True(writes[2].Completion.IsCompleted);
        Assert.Contains("not connected", gate.Explain(4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lone_head_waits_for_nobody_until_somebody_is_behind_it()
    {
        await using var journal = _data.OpenJournal();
        _hasNext = false;
        var gate = new LevelGate(AckLevel.Chain, () => _hasNext, _standing, _pending);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var loop = gate.RunAsync(stop.Token);
        var alone = await WriteAsync(journal);
        Answer(1);
        Assert.True(alone.Completion.IsCompleted);

        _standing.Publish(_standing.Current with { Membership = _standing.Current.Membership.WithKnown(new KnownNode(Next, Guid.NewGuid(), ":9001", 0)) });
        await Eventually.TrueAsync(() => gate.Explain(2).Contains(":9001 is missing", StringComparison.Ordinal), "the gate knows");
        gate.RowsChanged([]);
        var followed = await WriteAsync(journal);
        Answer(2);

        Assert.False(followed.Completion.IsCompleted);
        _standing.Publish(_standing.Current with { Membership = _standing.Current.Membership with { Known = [] } });
        Assert.IsType<WriteResult.Answered>(await followed.Completion.WaitAsync(Eventually.Deadline, Cancellation));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    private static AckRow Row(long applied) => new(Next, Guid.NewGuid(), applied, applied, default, AckState.Whole, default);

    private void Answer(long sequence) => _pending.Answered(sequence, new Answer(200, null, [], SpooledBody.Empty));

    private async Task<PendingWrite> WriteAsync(Journal journal)
    {
        var before = journal.Last.Sequence;
        var write = new PendingWrite(_pending, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        journal.Append(write);
        await journal.WaitCommittedAsync(before, Cancellation);
        return write;
    }
}
