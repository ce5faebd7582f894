using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;
using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

public sealed class HopTests : IDisposable
{
    private readonly TemporaryFolder _headData = new();
    private readonly TemporaryFolder _nextData = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _headData.Dispose();
        _nextData.Dispose();
    }

    [Fact]
    public async Task Entries_arrive_byte_for_byte_and_acks_return()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        var link = head.LinkTo(next.Address);
        await using var running = new RunningLink(link);

        await head.FoundAsync();
        await head.AppendAsync(200, i => i % 50 == 49 ? 300_000 : i * 37 % 3_000);
        await next.ReachesAsync(201);
        next.Progress.Apply(150);

        AssertSame(head, next);
        await Eventually.TrueAsync(() => head.Rows.Rows is [{ Ack: { Durable: 201, Applied: 150 } }], "the head knows what the next has reached");
        var row = head.Rows.Rows[0];
        Assert.Equal((next.Member.Node, next.Journal.JournalId, AckState.Readable, next.Address.ToString()), (row.Ack.Node, row.Ack.Journal, row.Ack.State, row.Detail!.Address));
        Assert.Equal((next.Address.ToString(), true, next.Member.Node, 201), (link.Status.Address, link.Status.Connected, link.Status.Node, link.Status.AckedSequence));
        Assert.Equal((head.Member.Node, true), (next.Previous!.Node, next.Previous.Connected));
        Assert.Empty(head.Problems.Snapshot());
        Assert.Empty(next.Problems.Snapshot());
    }

    [Fact]
    public async Task A_node_hears_of_all_before_it_also_before_there_is_a_chain_until_the_stream_ends()
    {
        using var lastData = new TemporaryFolder();
        await using var last = await HopNode.StartAsync(lastData);
        await using var next = await HopNode.StartAsync(_nextData, hasNext: true);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (var running = new RunningLink(head.LinkTo(next.Address)))
        await using (var behind = new RunningLink(next.LinkTo(last.Address)))
        {
            await Eventually.TrueAsync(() => last.Ahead.Rows.Count == 2, "the last hears of two nodes before it");

            Assert.Equal([head.Member.Node, next.Member.Node], last.Ahead.Rows.Select(row => row.Ack.Node));
            Assert.Equal([head.Address.ToString(), next.Address.ToString()], last.Ahead.Rows.Select(row => row.Detail?.Address));
            Assert.Equal(head.Member.Node, Assert.Single(next.Ahead.Rows).Ack.Node);
            Assert.Empty(head.Ahead.Rows);
        }

        await Eventually.TrueAsync(() => last.Ahead.Rows.Count == 0, "what the stream told is discarded with it");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_go_to_a_successor_that_takes_them_and_to_no_other(bool takes)
    {
        using var next = new HandSuccessor();
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        var taking = next.TakeAsync(2, answer => answer with { TakesRows = takes }, Cancellation);

        await using var running = new RunningLink(head.LinkTo(next.Address));
        var types = await taking;

        Assert.Equal(takes ? [FrameType.Heartbeat, FrameType.Rows] : [FrameType.Heartbeat], types.Distinct());
    }

    [Fact]
    public async Task An_entry_far_longer_than_a_frame_and_the_window_arrives()
    {
        var options = new JournalOptions { SegmentBytes = 64 << 20, MaxBytes = 256 << 20 };
        await using var next = await HopNode.StartAsync(_nextData, journal: options);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true, journal: options);
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await head.FoundAsync();

        await head.AppendAsync(3, i => i == 1 ? 20 << 20 : 10);
        await next.ReachesAsync(4);

        AssertSame(head, next);
    }

    [Fact]
    public async Task What_was_written_while_the_successor_was_away_is_caught_up_with()
    {
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (var before = await HopNode.StartAsync(_nextData))
        {
            await using var first = new RunningLink(head.LinkTo(before.Address));
            await head.FoundAsync();
            await head.AppendAsync(5, _ => 10);
            await before.ReachesAsync(6);
        }

        await head.AppendAsync(50, _ => 10);
        await using var next = await HopNode.StartAsync(_nextData);
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await next.ReachesAsync(56);

        AssertSame(head, next);
    }

    [Fact]
    public async Task However_often_and_wherever_the_connection_is_cut_nothing_is_lost_doubled_or_changed()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (new RunningLink(head.LinkTo(next.Address)))
        {
            await head.FoundAsync();
            await next.ReachesAsync(1);
        }

        await head.AppendAsync(120, i => i == 60 ? 600_000 : i * 53 % 4_000);

        // Dense where request, opening and first frames are; sparse behind.
        var random = new Random(1);
        var cuts = Enumerable.Range(0, 60).Select(i => (long)(i * 31))
            .Concat(Enumerable.Range(0, 60).Select(_ => (long)random.Next(1_500, 60_000)))
            .Select(at => new UnreliableWire.Plan(CutAt: at)).ToArray();
        await using var wire = new UnreliableWire(next.Address, cuts);
        var link = head.LinkTo(wire.Address);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var stepping = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await link.StepAsync(stop.Token); // without the pause between two openings
                }
            },
            Cancellation);

        await Eventually.TrueAsync(() => wire.Connections > cuts.Length, "every cut was made");
        await next.ReachesAsync(121);
        await stop.CancelAsync();
        await stepping;

        AssertSame(head, next);
        Assert.Empty(next.Problems.Snapshot());
    }

    [Fact]
    public async Task A_damaged_frame_ends_the_stream_and_a_new_one_makes_up_for_it()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (new RunningLink(head.LinkTo(next.Address)))
        {
            await head.FoundAsync();
            await next.ReachesAsync(1);
        }

        await head.AppendAsync(100, _ => 2_000);
        await using var wire = new UnreliableWire(next.Address, new UnreliableWire.Plan(FlipAt: 50_000), new UnreliableWire.Plan(FlipAt: 90_001));
        await using var running = new RunningLink(head.LinkTo(wire.Address));
        await next.ReachesAsync(101);

        AssertSame(head, next);
        Assert.Equal(3, wire.Connections);
    }

    [Fact]
    public async Task A_second_predecessor_is_told_that_the_place_is_taken()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var first = await HopNode.StartAsync(_headData, hasNext: true);
        await using var running = new RunningLink(first.LinkTo(next.Address));
        await Eventually.TrueAsync(() => next.Previous is { Connected: true }, "the first is connected");
        using var data = new TemporaryFolder();
        await using var second = await HopNode.StartAsync(data, hasNext: true);
        var link = second.LinkTo(next.Address);

        await link.StepAsync(Cancellation);

        var problem = Assert.Single(second.Problems.Snapshot());
        Assert.Equal(("Busy", next.Address.ToString()), (problem.Verdict, problem.Peer));
        Assert.Contains($"{first.Address} already streams to this node", problem.Text, StringComparison.Ordinal);
        await ReportsAsync(next, "Busy");
        Assert.Equal(second.Address.ToString(), next.Problems.Snapshot()[0].Peer);
        Assert.Equal(("Busy", false), (link.Status.Verdict, link.Status.Connected));
        Assert.Equal(first.Member.Node, next.Previous!.Node);
        Assert.True(next.Previous.Connected);
    }

    [Fact]
    public async Task A_predecessor_that_is_silent_for_three_beats_gives_way_to_a_newcomer()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var silent = await HandPredecessor.OpenAsync(next, HandPredecessor.Fresh(next));
        await using var early = await HandPredecessor.OpenAsync(next, HandPredecessor.Fresh(next));
        next.Clock.AdvanceMilliseconds(1500);

        await using var late = await HandPredecessor.OpenAsync(next, HandPredecessor.Fresh(next));

        Assert.Equal((Verdict.Accept, Verdict.Busy, Verdict.Accept), (silent.Answer!.Verdict, early.Answer!.Verdict, late.Answer!.Verdict));
        Assert.StartsWith("Superseded", await silent.EndAsync(), StringComparison.Ordinal);
        Assert.StartsWith("Busy", await early.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_predecessor_that_comes_back_takes_over_its_own_stream_at_once()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        var opening = HandPredecessor.Fresh(next);
        await using var before = await HandPredecessor.OpenAsync(next, opening);

        await using var after = await HandPredecessor.OpenAsync(next, opening);

        Assert.Equal(Verdict.Accept, after.Answer!.Verdict);
        Assert.StartsWith("Superseded", await before.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_hears_of_a_higher_epoch_ends_its_stream_and_the_predecessor_hears_of_it_too()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await head.FoundAsync();
        await next.ReachesAsync(1);

        await next.Member.ChangeAsync(now => now.Following(2, Guid.NewGuid(), ":9009", isOnlyHeardOf: true), Cancellation);

        await Eventually.TrueAsync(() => head.Member.Standing.Current.Membership is { Role: Role.Replica, Epoch: 2 }, "the head leads no more");
    }

    [Fact]
    public async Task A_stream_that_is_taken_over_in_full_flow_leaves_exactly_what_the_answer_says()
    {
        const int FrameBytes = 7_000; // small ones, so that the flow lasts for many takeovers
        using var sourceData = new TemporaryFolder();
        await using var source = sourceData.OpenJournal();
        await Task.WhenAll(Enumerable.Range(0, 6_000).Select(i => source.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), new byte[i % 6_000]))));
        await using var next = await HopNode.StartAsync(_nextData);
        var opening = HandPredecessor.Fresh(next);

        var takeovers = 0;
        var predecessor = await HandPredecessor.OpenAsync(next, opening);
        while (next.Journal.Last != source.Last)
        {
            var (flowing, records) = (predecessor, Raw.Of(source, predecessor.Answer!.Last.Sequence));
            var flow = Task.Run(() => FlowAsync(flowing, records), Cancellation);
            await next.Journal.WaitCommittedAsync(predecessor.Answer.Last.Sequence, Cancellation);
            var newcomer = await HandPredecessor.OpenAsync(next, opening);
            Assert.Equal(Verdict.Accept, newcomer.Answer!.Verdict);
            await predecessor.DisposeAsync();
            await flow;
            (predecessor, takeovers) = (newcomer, takeovers + 1);
        }

        await predecessor.DisposeAsync();
        Assert.True(takeovers > 2, $"only {takeovers} takeovers");
        Assert.Empty(next.Problems.Snapshot()); // entries that did not continue the journal would stand here
        Assert.True(Raw.Of(source, 0).AsSpan().SequenceEqual(Raw.Of(next.Journal, 0)), "the two journals differ");

        static async Task FlowAsync(HandPredecessor predecessor, byte[] records)
        {
            try
            {
                for (var at = 0; at < records.Length; at += FrameBytes)
                {
                    await predecessor.SendAsync(FrameType.Entries, records.AsSpan(at, Math.Min(FrameBytes, records.Length - at)));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Taken over.
            }
        }
    }

    [Fact]
    public async Task What_the_old_stream_brought_is_durable_before_the_new_one_is_answered()
    {
        using var sourceData = new TemporaryFolder();
        await using var source = sourceData.OpenJournal();
        for (var i = 0; i < 3; i++)
        {
            await source.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        }

        var slow = new JournalOptions { SegmentBytes = 1 << 20, MaxBytes = 64 << 20, MinSyncInterval = TimeSpan.FromSeconds(1) };
        await using var next = await HopNode.StartAsync(_nextData, journal: slow);
        var opening = HandPredecessor.Fresh(next);
        var records = Raw.Of(source, 0);
        await using var old = await HandPredecessor.OpenAsync(next, opening);
        await old.SendAsync(FrameType.Entries, records.AsSpan(0, records.Length / 3));
        await next.ReachesAsync(1); // the next commit is a second away
        await old.SendAsync(FrameType.Entries, records.AsSpan(records.Length / 3));
        await old.SendAsync(FrameType.Heartbeat, new Heartbeat(1, 1, 3, 1).ToFrame([]).AsSpan(FrameCodec.HeaderBytes));
        await Eventually.TrueAsync(() => next.Lease.Last.Counter == 1, "all that was sent before the beat was taken");

        await using var newcomer = await HandPredecessor.OpenAsync(next, opening);

        Assert.Equal(3, newcomer.Answer!.Last.Sequence);
        Assert.Equal(3, next.Journal.Last.Sequence);
    }

    [Fact]
    public async Task A_wrong_secret_is_named_on_both_sides_and_gone_once_it_is_right()
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using (var stranger = await HopNode.StartAsync(_headData, secret: "another", hasNext: true))
        {
            await stranger.LinkTo(next.Address).StepAsync(Cancellation);

            var there = Assert.Single(stranger.Problems.Snapshot());
            Assert.Equal(("Unauthorized", next.Address.ToString()), (there.Verdict, there.Peer));
            Assert.Contains("--secret-file", there.Text, StringComparison.Ordinal);
            await ReportsAsync(next, "Unauthorized");
        }

        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using var running = new RunningLink(head.LinkTo(next.Address));

        await Eventually.TrueAsync(() => head.Problems.Snapshot().Count == 0 && next.Problems.Snapshot().Count == 0, "both have forgotten it");
    }

    [Fact]
    public async Task Other_settings_are_named_on_both_sides()
    {
        await using var next = await HopNode.StartAsync(_nextData, settings: "order=total methods=POST");
        await using var head = await HopNode.StartAsync(_headData, hasNext: true, settings: "order=total methods=POST,PUT");

        await head.LinkTo(next.Address).StepAsync(Cancellation);

        await ReportsAsync(next, "Settings");
        var there = Assert.Single(head.Problems.Snapshot());
        Assert.Equal(("Settings", next.Problems.Snapshot()[0].Text), (there.Verdict, there.Text));
        Assert.Contains("methods=POST,PUT; this node order=total methods=POST", there.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successor_that_went_back_is_refused_by_its_predecessor_and_told_so()
    {
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (var before = await HopNode.StartAsync(_nextData))
        {
            await using (new RunningLink(head.LinkTo(before.Address)))
            {
                await head.FoundAsync();
                await head.AppendAsync(5, _ => 10);
                await before.ReachesAsync(6);
            }

            await head.LinkTo(before.Address).StepAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token); // it is known to hold 6
        }

        foreach (var file in Directory.EnumerateFiles(_nextData.Path).Where(file => Path.GetFileName(file) != "membership.json"))
        {
            File.Delete(file); // the journal is lost, the node's id is not
        }

        await using var next = await HopNode.StartAsync(_nextData);
        await head.LinkTo(next.Address).StepAsync(Cancellation);

        var problem = Assert.Single(head.Problems.Snapshot());
        Assert.Equal("WentBack", problem.Verdict);
        Assert.Contains("with a new folder", problem.Text, StringComparison.Ordinal);
        await using var again = new RunningLink(head.LinkTo(next.Address)); // what it is told may be lost with the connection
        await ReportsAsync(next, "WentBack");
        Assert.Equal(0, next.Journal.Last.Sequence);
    }

    [Fact]
    public async Task A_chain_that_leads_back_to_its_first_node_is_a_cycle()
    {
        await using var one = await HopNode.StartAsync(_headData, hasNext: true);
        await using var other = await HopNode.StartAsync(_nextData, hasNext: true);
        await using var there = new RunningLink(one.LinkTo(other.Address));
        await Eventually.TrueAsync(() => other.Previous is { Connected: true }, "the first link stands");

        await other.LinkTo(one.Address).StepAsync(Cancellation);

        Assert.Equal("Cycle", Assert.Single(other.Problems.Snapshot()).Verdict);
        await ReportsAsync(one, "Cycle");
    }

    [Fact]
    public async Task Entries_that_do_not_continue_the_journal_end_the_stream_and_change_nothing()
    {
        using var foreignData = new TemporaryFolder();
        await using var foreign = foreignData.OpenJournal();
        await foreign.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        await foreign.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        await using var next = await HopNode.StartAsync(_nextData);
        await using var predecessor = await HandPredecessor.OpenAsync(next, HandPredecessor.Fresh(next));

        await predecessor.SendAsync(FrameType.Entries, Raw.Of(foreign, 1));

        Assert.StartsWith("Diverged", await predecessor.EndAsync(), StringComparison.Ordinal);
        await ReportsAsync(next, "Diverged");
        Assert.Equal(0, next.Journal.Last.Sequence);
    }

    [Theory]
    [InlineData(FrameType.Entries, 100)]
    [InlineData(FrameType.Heartbeat, 5)]
    [InlineData(FrameType.Ack, 4)]
    [InlineData(FrameType.Challenge, 32)]
    public async Task Nonsense_ends_the_stream_and_the_next_one_is_served(FrameType type, int zeros)
    {
        await using var next = await HopNode.StartAsync(_nextData);
        await using var predecessor = await HandPredecessor.OpenAsync(next, HandPredecessor.Fresh(next));

        await predecessor.SendAsync(type, new byte[zeros]);
        await predecessor.EndAsync();
        await Eventually.TrueAsync(() => next.Previous is { Connected: false }, "the stream has ended");

        await using var other = await HandPredecessor.OpenAsync(next, HandPredecessor.Fresh(next));
        Assert.Equal(Verdict.Accept, other.Answer!.Verdict);
        Assert.Equal(0, next.Journal.Last.Sequence);
    }

    [Fact]
    public async Task Beats_and_rows_pass_through_the_middle()
    {
        using var tailData = new TemporaryFolder();
        await using var tail = await HopNode.StartAsync(tailData);
        await using var middle = await HopNode.StartAsync(_nextData, hasNext: true);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using var second = new RunningLink(middle.LinkTo(tail.Address));
        await using var first = new RunningLink(head.LinkTo(middle.Address));
        await head.FoundAsync();
        await head.AppendAsync(10, _ => 10);

        await head.Heart.StepAsync(Cancellation);

        await tail.ReachesAsync(11);
        await Eventually.TrueAsync(() => tail.Lease.Last == head.Beats.Current.Heartbeat && head.Beats.Current.Heartbeat.LastSequence == 11, "the beat has come to the tail");
        await Eventually.TrueAsync(() => head.Rows.Rows is [{ Ack.Durable: 11 }, { Ack.Durable: 11 }], "the tail's row has come to the head");
        Assert.Equal([middle.Member.Node, tail.Member.Node], head.Rows.Rows.Select(row => row.Ack.Node));
        AssertSame(head, tail);
        Assert.Equal([head.Member.Node, middle.Member.Node], tail.Member.Standing.Current.UpstreamPath);
    }

    [Fact]
    public async Task Nobody_there_and_somebody_else_there_are_told_apart()
    {
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using var other = await HopNode.StartAsync(_nextData);
        var nobody = head.LinkTo(new Address("127.0.0.1", 1));

        await nobody.StepAsync(Cancellation);
        using var dialer = new HopDialer();
        await other.DisposeAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => dialer.DialAsync(other.Address, Cancellation));

        Assert.False(nobody.IsConnected);
        Assert.Contains("refused", nobody.Status.Why, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("refused", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(head.Problems.Snapshot());
    }

    /// <summary>A successor tells its predecessor first, and reports then.</summary>
    private static Task ReportsAsync(HopNode node, string verdict) =>
        Eventually.TrueAsync(() => node.Problems.Snapshot() is [var only] && only.Verdict == verdict, $"{node.Address} reports {verdict}, and nothing else");

    private static void AssertSame(HopNode head, HopNode next)
    {
        Assert.Equal(head.Journal.Last, next.Journal.Last);
        Assert.True(Raw.Of(head.Journal, 0).AsSpan().SequenceEqual(Raw.Of(next.Journal, 0)), "the two journals differ");
    }
}
