using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class ChainMemberTests : IDisposable
{
    private readonly HandClock _clock = new();
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_node_alone_founds_its_chain_with_its_first_write()
    {
        await using var node = Open(hasNext: false);
        Assert.False(node.Member.IsHead);

        var admittance = await node.Office.AdmitAsync(Cancellation);

        Assert.Same(Admittance.Admitted.Instance, admittance);
        AssertFounded(node);
        Assert.Same(Admittance.Admitted.Instance, await node.Office.AdmitAsync(Cancellation));
        Assert.Equal(1, node.Journal.Last.Sequence);
    }

    [Fact]
    public async Task Many_first_writes_at_once_found_one_chain()
    {
        await using var node = Open(hasNext: false);

        var admittances = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => node.Office.AdmitAsync(Cancellation).AsTask(), Cancellation)));

        Assert.All(admittances, admittance => Assert.Same(Admittance.Admitted.Instance, admittance));
        AssertFounded(node);
    }

    [Fact]
    public async Task A_head_alone_is_the_head_again_after_a_restart()
    {
        Guid? chain;
        await using (var first = Open(hasNext: false))
        {
            await first.Office.AdmitAsync(Cancellation);
            chain = first.Member.Standing.Current.Membership.Chain;
        }

        await using var node = Open(hasNext: false);

        Assert.Same(Admittance.Admitted.Instance, await node.Office.AdmitAsync(Cancellation));
        Assert.Equal(chain, node.Member.Standing.Current.Membership.Chain);
        AssertFounded(node);
    }

    [Fact]
    public async Task Without_its_successor_a_node_founds_nothing_and_says_what_to_do()
    {
        await using var node = Open(hasNext: true, patience: TimeSpan.FromMilliseconds(50));

        var admittance = await node.Office.AdmitAsync(Cancellation);

        Assert.Contains("--next", Assert.IsType<Admittance.NotYet>(admittance).Why, StringComparison.Ordinal);
        Assert.Equal((Role.Undecided, null, 0), (Durable.Role, Durable.Chain, node.Journal.Last.Sequence));
    }

    [Fact]
    public async Task With_a_successor_the_chain_is_founded_once_that_has_accepted_it_durably()
    {
        using var nextData = new TemporaryFolder();
        await using var next = Open(hasNext: false, data: nextData);
        await using var node = Open(hasNext: true);

        // The fresh node is taken before there is a chain,
        var (verdict, _) = await HandshakeAsync(node, next);
        Assert.Equal(Verdict.Accept, verdict);
        Assert.Equal(Role.Replica, Load(nextData).Role);

        // then it mints the id with the first write, which waits until the successor has promised it.
        var admitting = node.Office.AdmitAsync(Cancellation).AsTask();
        await node.Member.Standing.WaitAsync(standing => standing.Membership.IsTakingOffice, Cancellation).WaitAsync(Eventually.Deadline, Cancellation);
        Assert.False(admitting.IsCompleted);
        Assert.Equal(0, node.Journal.Last.Sequence);
        await HandshakeAsync(node, next);

        Assert.Same(Admittance.Admitted.Instance, await admitting.WaitAsync(Eventually.Deadline, Cancellation));
        AssertFounded(node);
        var promised = Load(nextData);
        Assert.Equal((Role.Replica, Durable.Chain, 1, node.Member.Node), (promised.Role, promised.Chain, promised.Epoch, promised.Head!.Value));
    }

    [Fact]
    public async Task A_node_that_died_after_minting_founds_the_same_chain_later()
    {
        using var nextData = new TemporaryFolder();
        await using var next = Open(hasNext: false, data: nextData);
        Guid? minted;
        await using (var first = Open(hasNext: true, patience: TimeSpan.FromMilliseconds(50)))
        {
            await HandshakeAsync(first, next);
            Assert.IsType<Admittance.NotYet>(await first.Office.AdmitAsync(Cancellation));
            minted = Durable.Chain;
            Assert.Equal((Role.Head, true), (Durable.Role, Durable.IsTakingOffice));
        }

        await using var node = Open(hasNext: true);
        var admitting = node.Office.AdmitAsync(Cancellation).AsTask();
        await HandshakeAsync(node, next);

        Assert.Same(Admittance.Admitted.Instance, await admitting.WaitAsync(Eventually.Deadline, Cancellation));
        Assert.Equal(minted, Durable.Chain);
        Assert.Equal(minted, Load(nextData).Chain);
        AssertFounded(node);
    }

    [Fact]
    public async Task A_node_that_died_after_its_successor_had_promised_goes_on_from_there()
    {
        using var nextData = new TemporaryFolder();
        await using var next = Open(hasNext: false, data: nextData);
        await using (var first = Open(hasNext: true, patience: TimeSpan.FromMilliseconds(50)))
        {
            await HandshakeAsync(first, next);
            await first.Office.AdmitAsync(Cancellation);
            await next.Openings.AnswerAsync(first.Openings.Open(first.Member.Standing.Current, OpeningPurpose.Stream), Cancellation); // the answer never arrives
        }

        await using var node = Open(hasNext: true);
        var admitting = node.Office.AdmitAsync(Cancellation).AsTask();
        await HandshakeAsync(node, next);

        Assert.Same(Admittance.Admitted.Instance, await admitting.WaitAsync(Eventually.Deadline, Cancellation));
        Assert.Equal(Durable.Chain, Load(nextData).Chain);
        AssertFounded(node);
    }

    [Fact]
    public async Task A_node_that_died_right_after_its_epoch_record_records_no_second_one()
    {
        Membership founding;
        await using (var first = Open(hasNext: false))
        {
            await first.Office.AdmitAsync(Cancellation);
            founding = Durable with { IsTakingOffice = true, Epochs = [] }; // as it stood before the last step
        }

        MembershipFile.Save(_data.Folder, founding);

        await using var node = Open(hasNext: false);

        Assert.Same(Admittance.Admitted.Instance, await node.Office.AdmitAsync(Cancellation));
        Assert.Equal(founding.Chain, Durable.Chain);
        AssertFounded(node);
    }

    [Fact]
    public async Task A_founding_head_that_died_before_its_epoch_record_cannot_be_mistaken_for_a_restarted_one()
    {
        MembershipFile.Save(_data.Folder, Durable with { Role = Role.Head, Chain = Guid.NewGuid(), IsTakingOffice = true, Epoch = 1 });
        await using var node = Open(hasNext: true, patience: TimeSpan.FromMilliseconds(50));

        var admittance = await node.Office.AdmitAsync(Cancellation);

        Assert.Contains("successor", Assert.IsType<Admittance.NotYet>(admittance).Why, StringComparison.Ordinal);
        Assert.Equal(0, node.Journal.Last.Sequence);
    }

    [Fact]
    public async Task A_restarted_head_of_a_chain_of_two_waits_until_the_other_has_confirmed_its_epoch()
    {
        using var nextData = new TemporaryFolder();
        await using var next = Open(hasNext: false, data: nextData);
        await using (var first = Open(hasNext: true))
        {
            await HandshakeAsync(first, next);
            var founding = first.Office.AdmitAsync(Cancellation).AsTask();
            await first.Member.Standing.WaitAsync(standing => standing.Membership.IsTakingOffice, Cancellation);
            await HandshakeAsync(first, next);
            await founding.WaitAsync(Eventually.Deadline, Cancellation);
        }

        await using var node = Open(hasNext: true);
        var before = await node.Office.AdmitAsync(Cancellation);
        await HandshakeAsync(node, next);
        var after = await node.Office.AdmitAsync(Cancellation);

        Assert.Contains("confirmed its epoch", Assert.IsType<Admittance.NotYet>(before).Why, StringComparison.Ordinal);
        Assert.Same(Admittance.Admitted.Instance, after);
    }

    [Fact]
    public async Task A_replica_sends_writers_to_the_head()
    {
        using var headData = new TemporaryFolder();
        await using var head = Open(hasNext: false, data: headData, address: ":9000");
        await head.Office.AdmitAsync(Cancellation);
        await using var node = Open(hasNext: false);

        await HandshakeAsync(head, node);

        Assert.Equal(new Admittance.Misdirected(":9000"), await node.Office.AdmitAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_answered_is_durable()
    {
        using var headData = new TemporaryFolder();
        await using var head = Open(hasNext: false, data: headData);
        await head.Office.AdmitAsync(Cancellation);
        await using var node = Open(hasNext: false);

        var answer = await node.Openings.AnswerAsync(head.Openings.Open(head.Member.Standing.Current, OpeningPurpose.Stream), Cancellation);

        Assert.Equal((Verdict.Accept, 1), (answer.Verdict, answer.PromisedEpoch));
        Assert.Equal((answer.Chain, Role.Replica, 1, head.Member.Node), (Durable.Chain, Durable.Role, Durable.Epoch, Durable.Head!.Value));
    }

    [Fact]
    public async Task A_refused_opening_changes_nothing()
    {
        await using var node = Open(hasNext: false);
        var standing = node.Member.Standing.Current;
        var opening = node.Openings.Open(standing, OpeningPurpose.Stream) with { Node = Guid.NewGuid(), Path = [Guid.NewGuid()], Protocol = 99 };

        var answer = await node.Openings.AnswerAsync(opening, Cancellation);

        Assert.Equal(Verdict.Protocol, answer.Verdict);
        Assert.Same(standing, node.Member.Standing.Current);
        Assert.Equal(Role.Undecided, Durable.Role);
    }

    [Fact]
    public async Task A_chain_that_is_founded_now_is_in_step_and_one_that_is_joined_late_is_not()
    {
        using var headData = new TemporaryFolder();
        await using var head = Open(hasNext: false, data: headData);
        await head.Office.AdmitAsync(Cancellation);
        using var lateData = new TemporaryFolder();
        await using var late = Open(hasNext: false, data: lateData);
        await using var early = Open(hasNext: false);
        late.HeadWindow.Note(0);
        early.HeadWindow.Note(0);
        _clock.AdvanceMilliseconds(1000);
        var opening = head.Openings.Open(head.Member.Standing.Current, OpeningPurpose.Stream);

        await late.Openings.AnswerAsync(opening, Cancellation);
        await early.Openings.AnswerAsync(opening with { Last = default, Epochs = [] }, Cancellation);

        Assert.Equal((TimeSpan.MaxValue, null), (late.Lease.SinceRenewal, late.HeadWindow.Then()));
        Assert.Equal((TimeSpan.Zero, 0L), (early.Lease.SinceRenewal, early.HeadWindow.Then()));
    }

    [Fact]
    public async Task An_answer_to_an_opening_that_is_no_longer_true_is_not_followed()
    {
        using var headData = new TemporaryFolder();
        await using var head = Open(hasNext: false, data: headData);
        await head.Office.AdmitAsync(Cancellation);
        await using var node = Open(hasNext: true);
        using var nextData = new TemporaryFolder();
        await using var next = Open(hasNext: false, data: nextData);

        var opened = node.Member.Standing.Current;
        var answer = await next.Openings.AnswerAsync(node.Openings.Open(opened, OpeningPurpose.Stream), Cancellation);
        await HandshakeAsync(head, node); // meanwhile it joins a chain
        var (verdict, _) = await node.Openings.ResumeAsync(opened, ":9001", answer, Cancellation);

        Assert.Equal(Verdict.Busy, verdict);
        Assert.False(node.Member.Standing.Current.IsReached);
    }

    [Fact]
    public async Task An_epochs_record_from_the_journal_is_remembered_durably()
    {
        await using var node = Open(hasNext: false);
        var record = new EpochRecord(Guid.NewGuid(), 4, Guid.NewGuid(), ":9009", 0);

        await node.Member.ObserveAsync(record, 17, Cancellation);

        Assert.Equal((4, record.Head, ":9009"), (Durable.Epoch, Durable.Head!.Value, Durable.HeadAddress));
        Assert.Equal([new EpochStart(4, record.Head, 17)], Durable.Epochs);
    }

    [Fact]
    public async Task Rows_are_remembered_durably()
    {
        await using var node = Open(hasNext: false);
        KnownNode[] rows = [new(Guid.NewGuid(), Guid.NewGuid(), ":9001", 5), new(Guid.NewGuid(), Guid.NewGuid(), ":9002", 4)];

        await node.Member.ChangeAsync(now => rows.Aggregate(now, static (known, row) => known.WithKnown(row)), Cancellation);
        var remembered = node.Member.Standing.Current;
        await node.Member.ChangeAsync(now => rows.Aggregate(now, static (known, row) => known.WithKnown(row)), Cancellation);

        Assert.Equal(rows, Durable.Known);
        Assert.Same(remembered.Membership, node.Member.Standing.Current.Membership);
    }

    [Fact]
    public async Task That_clients_wait_for_acks_is_passed_on_and_opens_anew()
    {
        await using var node = Open(hasNext: true);
        using var data = new TemporaryFolder();
        await using var predecessor = new Part(data, hasNext: true, Settings() with { WantsEagerAcks = true }, _clock);
        var before = node.Member.Standing.Current;
        Assert.False(node.Openings.Open(before, OpeningPurpose.Stream).EagerAcks);

        await HandshakeAsync(predecessor, node);
        var eager = node.Member.Standing.Current;

        Assert.True(predecessor.Openings.Open(predecessor.Member.Standing.Current, OpeningPurpose.Stream).EagerAcks);
        Assert.True(node.Openings.Open(eager, OpeningPurpose.Stream).EagerAcks);
        Assert.False(eager.OpensLike(eager with { IsUpstreamEager = false }));
        Assert.True(eager.OpensLike(eager with { IsConfirmed = !eager.IsConfirmed }));
    }

    private Membership Durable => Load(_data);

    private static Membership Load(TemporaryFolder data) => MembershipFile.Load(data.Folder);

    private Part Open(bool hasNext, TimeSpan? patience = null, TemporaryFolder? data = null, string address = ":9100") =>
        new(data ?? _data, hasNext, Settings(patience, address), _clock);

    private static ChainSettings Settings(TimeSpan? patience = null, string address = ":9100") => Part.Settings(address, patience);

    /// <summary>What the hop does with two members, without a hop.</summary>
    private static async Task<(Verdict, string)> HandshakeAsync(Part predecessor, Part successor)
    {
        var opened = predecessor.Member.Standing.Current;
        var answer = await successor.Openings.AnswerAsync(predecessor.Openings.Open(opened, OpeningPurpose.Stream), Cancellation);
        return await predecessor.Openings.ResumeAsync(opened, "next", answer, Cancellation);
    }

    private void AssertFounded(Part node)
    {
        var durable = Durable;
        Assert.Equal((Role.Head, false, 1, node.Member.Node), (durable.Role, durable.IsTakingOffice, durable.Epoch, durable.Head!.Value));
        Assert.Equal([new EpochStart(1, node.Member.Node, 1)], durable.Epochs);
        Assert.Equal(1, node.Journal.Last.Sequence);
        using var reader = node.Journal.OpenReader(0);
        Assert.True(reader.TryRead(out var entry));
        Assert.Equal((EntryKind.Epoch, 1), (entry.Kind, entry.Epoch));
        Assert.Equal(new EpochRecord(durable.Chain!.Value, 1, durable.Node, ":9100", 0), EpochRecord.Decode(entry.Head.Span));
    }
}
