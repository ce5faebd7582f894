using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

public sealed class SendWindowTests : IDisposable
{
    private readonly SendWindow _window = new(bytes: 100, resumedBehind: 10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _window.Dispose();

    [Fact]
    public void It_is_open_until_as_many_bytes_are_on_their_way()
    {
        _window.Sent(99, lastWhole: 11);
        Assert.True(IsOpen);

        _window.Sent(1, lastWhole: 12);

        Assert.False(IsOpen);
    }

    [Fact]
    public async Task An_ack_opens_it_by_the_bytes_of_what_is_acked()
    {
        _window.Sent(60, lastWhole: 11);
        _window.Sent(60, lastWhole: 12);
        var waiting = _window.WaitAsync(Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        _window.Acked(11);

        await waiting.WaitAsync(Eventually.Deadline, Cancellation);
        _window.Sent(40, lastWhole: 13);
        Assert.False(IsOpen);
    }

    [Fact]
    public void It_always_admits_one_entry_however_long()
    {
        for (var piece = 0; piece < 50; piece++)
        {
            Assert.True(IsOpen, $"closed after {piece} pieces of one entry");
            _window.Sent(1_000, lastWhole: 10);
        }

        _window.Sent(1_000, lastWhole: 11);
        Assert.False(IsOpen);
        _window.Acked(11);
        Assert.True(IsOpen);
    }

    [Fact]
    public void A_long_entry_behind_short_ones_gets_out_once_these_are_acked()
    {
        _window.Sent(30, lastWhole: 11);
        _window.Sent(500, lastWhole: 11); // the beginning of record 12
        Assert.False(IsOpen);

        _window.Acked(11);

        Assert.True(IsOpen);
        _window.Sent(500, lastWhole: 11);
        Assert.True(IsOpen);
    }

    [Fact]
    public void An_ack_that_overtakes_the_senders_note_counts()
    {
        _window.Acked(11);

        _window.Sent(500, lastWhole: 11);

        Assert.True(IsOpen);
    }

    [Fact]
    public void An_older_ack_takes_nothing_back()
    {
        _window.Sent(500, lastWhole: 11);
        _window.Acked(11);

        _window.Acked(10);

        Assert.True(IsOpen);
    }

    [Fact]
    public async Task Waiting_for_it_can_be_called_off()
    {
        _window.Sent(500, lastWhole: 11);
        using var off = new CancellationTokenSource();
        var waiting = _window.WaitAsync(off.Token).AsTask();

        await off.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_sender_and_an_acknowledger_never_wait_for_each_other_for_ever()
    {
        using var window = new SendWindow(50, 0);
        var sent = 0L;
        var sender = Task.Run(
            async () =>
            {
                for (var sequence = 1; sequence <= 5_000; sequence++)
                {
                    await window.WaitAsync(Cancellation);
                    window.Sent(1 + (sequence % 70), sequence);
                    Volatile.Write(ref sent, sequence);
                }
            },
            Cancellation);

        while (!sender.IsCompleted)
        {
            window.Acked(Volatile.Read(ref sent));
            await Task.Yield();
        }

        await sender.WaitAsync(Eventually.Deadline, Cancellation);
        Assert.Equal(5_000, sent);
    }

    private bool IsOpen => _window.WaitAsync(new CancellationToken(canceled: true)).AsTask().IsCompletedSuccessfully;
}
