using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class WatchTests : IAsyncDisposable
{
    private static readonly Guid Self = Guid.NewGuid(), Before = Guid.NewGuid(), After = Guid.NewGuid();

    private readonly HandClock _clock = new();
    private readonly TemporaryFolder _data = new();
    private readonly Journal _journal;
    private readonly ChainMember _member;
    private readonly RowTable _ahead, _behind;
    private readonly Watch _watch;

    public WatchTests()
    {
        _journal = _data.OpenJournal();
        _member = new ChainMember(_data.Folder, _journal, new Membership { Node = Self, Role = Role.Replica, Nodes = [new(Before, "a:1")] }, hasNext: true);
        (_ahead, _behind) = (new RowTable(time: _clock), new RowTable(time: _clock));
        _watch = new Watch(_member, _ahead, _behind, () => 0, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _member.Dispose();
        await _journal.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public void Nodes_stand_around_this_one_as_the_streams_tell()
    {
        _ahead.Update([Row(Before)]);
        _behind.Update([Row(After)]);

        var seen = _watch.Look();

        Assert.Equal([Before, Self, After], seen.Select(one => one.Node));
        Assert.Equal([true, null, true], seen.Select(one => one.Seen?.IsHeard));
    }

    [Fact]
    public void What_a_stream_told_is_remembered_with_its_age_when_the_stream_is_gone()
    {
        _behind.Update([Row(After) with { Applied = 7 }]);
        _watch.Step();
        _behind.Clear();
        _clock.AdvanceMilliseconds(1_500);

        var (node, seen) = _watch.Look()[1];

        Assert.Equal((After, 7L, TimeSpan.FromSeconds(1.5), false, false), (node, seen!.Row.Applied, seen.Age, seen.IsTold, seen.IsHeard));
    }

    [Fact]
    public void Who_counts_is_remembered_for_ever_and_another_for_a_minute()
    {
        _ahead.Update([Row(Before)]);
        _behind.Update([Row(After)]);
        _watch.Step();
        _ahead.Clear();
        _behind.Clear();

        _clock.Advance(TimeSpan.FromSeconds(59));
        var early = _watch.Look().Count;
        _clock.Advance(TimeSpan.FromSeconds(2));
        var late = _watch.Look();

        Assert.Equal(3, early);
        Assert.Equal([Before, Self], late.Select(one => one.Node));
    }

    [Fact]
    public async Task A_node_that_was_removed_is_gone_as_soon_as_nobody_tells_of_it()
    {
        _behind.Update([Row(After)]);
        _watch.Step();
        await _member.ChangeAsync(membership => membership.Without(After), TestContext.Current.CancellationToken);

        var told = _watch.Look().Count;
        _behind.Clear();

        Assert.Equal(2, told);
        Assert.Equal(Self, Assert.Single(_watch.Look()).Node);
    }

    [Fact]
    public void A_node_on_both_sides_stands_once_and_as_last_heard_of()
    {
        _ahead.Update([Row(After) with { Applied = 1, Age = TimeSpan.FromSeconds(2) }]);
        _behind.Update([Row(After) with { Applied = 2 }]);

        var seen = _watch.Look();

        Assert.Equal([After, Self], seen.Select(one => one.Node));
        Assert.Equal(2, seen[0].Seen!.Row.Applied);
    }

    private static AckRow Row(Guid node) => new(node, Guid.Empty, 1, 1, default, AckState.None, default);
}
