using System.Security.Cryptography;
using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Spooling;

namespace TeeProxy.Tests.Acks;

public sealed class PendingWritesTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly PendingWrites _table = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_write_is_found_by_its_sequence_and_gets_its_answer()
    {
        await using var journal = _data.OpenJournal();
        var (first, second) = (await AppendAsync(journal), await AppendAsync(journal));
        var answer = await AnswerAsync();

        _table.Answered(second.Sequence, answer);

        Assert.Equal((1, 2, 1), (first.Sequence, second.Sequence, _table.Count));
        Assert.Equal(new WriteResult.Answered(2, answer), await second.Completion);
        Assert.False(first.Completion.IsCompleted);
        Assert.False(answer.Body.File!.IsClosed);
    }

    [Fact]
    public async Task An_answer_that_comes_after_ingress_has_left_is_let_go()
    {
        await using var journal = _data.OpenJournal();
        var write = await AppendAsync(journal);
        var answer = await AnswerAsync();
        _table.Forget(write);

        _table.Answered(write.Sequence, answer);

        Assert.True(answer.Body.File!.IsClosed);
        Assert.False(write.Completion.IsCompleted);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public async Task An_answer_to_a_write_that_was_told_otherwise_is_let_go()
    {
        await using var journal = _data.OpenJournal();
        var write = await AppendAsync(journal);
        var answer = await AnswerAsync();
        Assert.True(write.TryComplete(new WriteResult.Undetermined(write.Sequence, "late")));

        _table.Answered(write.Sequence, answer);

        Assert.True(answer.Body.File!.IsClosed);
        Assert.IsType<WriteResult.Undetermined>(await write.Completion);
    }

    [Fact]
    public async Task A_second_answer_to_the_same_write_is_let_go()
    {
        await using var journal = _data.OpenJournal();
        var write = await AppendAsync(journal);
        var (first, second) = (await AnswerAsync(), await AnswerAsync());
        _table.Answered(write.Sequence, first);

        _table.Answered(write.Sequence, second);

        Assert.False(first.Body.File!.IsClosed);
        Assert.True(second.Body.File!.IsClosed);
    }

    [Fact]
    public async Task Nobodys_answer_is_let_go()
    {
        var answer = await AnswerAsync();

        _table.Answered(77, answer);

        Assert.True(answer.Body.File!.IsClosed);
    }

    [Fact]
    public async Task However_the_answer_and_the_leaving_race_the_body_has_exactly_one_owner()
    {
        await using var journal = _data.OpenJournal();
        for (var round = 0; round < 200; round++)
        {
            var write = await AppendAsync(journal);
            var answer = await AnswerAsync();
            using var line = new Barrier(2);

            var answering = Task.Run(() => { line.SignalAndWait(); _table.Answered(write.Sequence, answer); }, Cancellation);
            var leaving = Task.Run(
                () =>
                {
                    line.SignalAndWait();
                    write.TryComplete(new WriteResult.Undetermined(write.Sequence, "late"));
                    _table.Forget(write);
                },
                Cancellation);
            await Task.WhenAll(answering, leaving);

            var isTold = await write.Completion is WriteResult.Answered;
            Assert.Equal(isTold, !answer.Body.File!.IsClosed);
            Assert.Equal(0, _table.Count);
        }
    }

    [Fact]
    public async Task A_write_that_is_undetermined_waits_no_more_and_is_forgotten()
    {
        await using var journal = _data.OpenJournal();
        var write = await AppendAsync(journal);

        _table.Undetermined(write.Sequence, "why");
        _table.Undetermined(99, "nobody waits for this one");

        Assert.Equal(new WriteResult.Undetermined(write.Sequence, "why"), await write.Completion);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public async Task All_that_wait_are_released_when_the_node_stops()
    {
        await using var journal = _data.OpenJournal();
        PendingWrite[] writes = [await AppendAsync(journal), await AppendAsync(journal), await AppendAsync(journal)];

        _table.ReleaseAll("bye");

        foreach (var write in writes)
        {
            Assert.Equal(new WriteResult.Undetermined(write.Sequence, "bye"), await write.Completion);
        }
    }

    [Fact]
    public async Task A_write_that_the_journal_refuses_is_unrecorded()
    {
        var journal = _data.OpenJournal();
        await journal.DisposeAsync();
        var write = new PendingWrite(_table, EntryPayload.InMemory("POST /"u8.ToArray(), default));

        journal.Append(write);

        Assert.Equal(new WriteResult.Unrecorded(AppendFailure.Closed), await write.Completion);
        Assert.Equal((0, 0), (write.Sequence, _table.Count));
    }

    [Fact]
    public async Task A_write_is_in_the_table_before_a_reader_can_see_it()
    {
        await using var journal = _data.OpenJournal();
        using var reader = journal.OpenReader(0);
        for (var sequence = 1; sequence <= 200; sequence++)
        {
            var write = new PendingWrite(_table, EntryPayload.InMemory("POST /"u8.ToArray(), default));
            journal.Append(write);

            await reader.WaitAsync(Cancellation);
            Assert.True(reader.TryRead(out var entry));
            _table.Undetermined(entry.Sequence, "seen");

            Assert.True(write.Completion.IsCompletedSuccessfully);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_waits_for_the_level_whichever_comes_first(bool isAnsweredFirst)
    {
        await using var journal = _data.OpenJournal();
        var table = new PendingWrites(isOpen: false);
        var write = await AppendAsync(journal, table);
        var answer = await AnswerAsync();
        Action[] events = [() => table.Answered(write.Sequence, answer), () => table.Reach(write.Sequence)];

        events[isAnsweredFirst ? 0 : 1]();
        Assert.Equal((false, 1), (write.Completion.IsCompleted, table.Count));
        events[isAnsweredFirst ? 1 : 0]();

        Assert.Equal(new WriteResult.Answered(write.Sequence, answer), await write.Completion);
        Assert.Equal((false, 0), (answer.Body.File!.IsClosed, table.Count));
    }

    [Fact]
    public async Task Answers_leave_as_far_as_the_level_is_reached_and_a_lower_one_takes_nothing_back()
    {
        await using var journal = _data.OpenJournal();
        var table = new PendingWrites(isOpen: false);
        PendingWrite[] writes = [await AppendAsync(journal, table), await AppendAsync(journal, table), await AppendAsync(journal, table), await AppendAsync(journal, table)];
        foreach (var sequence in (long[])[3, 1, 2])
        {
            table.Answered(sequence, await AnswerAsync());
        }

        table.Reach(2);
        Assert.Equal([true, true, false, false], writes.Select(write => write.Completion.IsCompleted));
        table.Reach(4);
        table.Reach(0);
        table.Answered(4, await AnswerAsync());

        Assert.All(writes, write => Assert.True(write.Completion.IsCompleted));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task While_there_is_nobody_to_wait_for_answers_pass_and_no_longer()
    {
        await using var journal = _data.OpenJournal();
        var table = new PendingWrites(isOpen: false);
        PendingWrite[] writes = [await AppendAsync(journal, table), await AppendAsync(journal, table), await AppendAsync(journal, table)];
        table.Answered(1, await AnswerAsync());

        table.Reach(CountingRule.Everything);
        table.Answered(2, await AnswerAsync());
        table.Reach(1);
        table.Answered(3, await AnswerAsync());

        Assert.Equal([true, true, false], writes.Select(write => write.Completion.IsCompleted));
    }

    [Fact]
    public async Task An_answer_whose_client_waits_no_longer_for_the_level_is_let_go()
    {
        await using var journal = _data.OpenJournal();
        var table = new PendingWrites(isOpen: false);
        var write = await AppendAsync(journal, table);
        var answer = await AnswerAsync();
        table.Answered(write.Sequence, answer);

        Assert.True(write.TryComplete(new WriteResult.Undetermined(write.Sequence, "late")));
        table.Forget(write);
        table.Forget(write);

        Assert.True(answer.Body.File!.IsClosed);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task Who_waits_for_the_level_is_released_too_when_the_node_stops()
    {
        await using var journal = _data.OpenJournal();
        var table = new PendingWrites(isOpen: false);
        var write = await AppendAsync(journal, table);
        var answer = await AnswerAsync();
        table.Answered(write.Sequence, answer);

        table.ReleaseAll("bye");

        Assert.Equal(new WriteResult.Undetermined(write.Sequence, "bye"), await write.Completion);
        Assert.Equal((true, 0), (answer.Body.File!.IsClosed, table.Count));
    }

    [Fact]
    public async Task However_answer_level_and_leaving_race_the_body_has_exactly_one_owner()
    {
        await using var journal = _data.OpenJournal();
        var table = new PendingWrites(isOpen: false);
        for (var round = 0; round < 300; round++)
        {
            var write = await AppendAsync(journal, table);
            var answer = await AnswerAsync();
            using var line = new Barrier(3);
            Task Start(Action act) => Task.Run(() => { line.SignalAndWait(); act(); }, Cancellation);

            await Task.WhenAll(
                Start(() => table.Answered(write.Sequence, answer)),
                Start(() => table.Reach(write.Sequence)),
                Start(() =>
                {
                    write.TryComplete(new WriteResult.Undetermined(write.Sequence, "late"));
                    table.Forget(write);
                }));

            var isTold = await write.Completion is WriteResult.Answered;
            Assert.Equal(isTold, !answer.Body.File!.IsClosed);
            Assert.Equal(0, table.Count);
        }
    }

    [Fact]
    public async Task A_write_is_entering_from_when_it_is_made_until_it_can_be_read_is_refused_or_withdrawn()
    {
        var journal = _data.OpenJournal();
        var made = new PendingWrite(_table, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        Assert.Equal(1, _table.Entering);

        journal.Append(made);
        await Eventually.TrueAsync(() => _table.Entering == 0, "it has entered");
        Assert.Equal(1, journal.Last.Sequence);

        await journal.DisposeAsync();
        journal.Append(new PendingWrite(_table, EntryPayload.InMemory("POST /"u8.ToArray(), default)));
        new PendingWrite(_table, EntryPayload.InMemory("POST /"u8.ToArray(), default)).Withdraw();
        Assert.Equal(0, _table.Entering);
    }

    private async Task<PendingWrite> AppendAsync(Journal journal, PendingWrites? table = null)
    {
        var before = journal.Last.Sequence;
        var write = new PendingWrite(table ?? _table, EntryPayload.InMemory("POST /"u8.ToArray(), default));
        journal.Append(write);
        await journal.WaitCommittedAsync(before, Cancellation);
        return write;
    }

    /// <summary>An answer whose body is in a file, so that its disposal can be seen.</summary>
    private async Task<Answer> AnswerAsync()
    {
        var spool = new BodySpool(Path.Combine(_data.Path, "spool"), memoryBytes: 1);
        var body = await spool.ReadAsync(new MemoryStream(RandomNumberGenerator.GetBytes(10)), null, long.MaxValue, 0, Cancellation);
        return new Answer(200, "OK", [], body.Body!);
    }
}
