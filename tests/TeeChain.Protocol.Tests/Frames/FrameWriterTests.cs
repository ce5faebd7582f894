using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Tests.Frames;

public sealed class FrameWriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_of_many_writers_stay_whole_and_each_writers_in_order()
    {
        const int Writers = 6;
        const int Frames = 40;
        var stream = new HaltingStream();
        using var writer = new FrameWriter(stream);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(who => Task.Run(
            async () =>
            {
                for (var i = 0; i < Frames; i++)
                {
                    await writer.WriteAsync(FrameType.Ack, Wire.Unsealed([(byte)who, (byte)i, .. new byte[who * 10]]), Cancellation);
                }
            },
            Cancellation)));

        var next = new int[Writers];
        var reader = new FrameReader(new MemoryStream(stream.Written.ToArray()));
        while (await reader.ReadAsync(Cancellation) is { } frame)
        {
            var who = frame.Payload.Span[0];
            Assert.Equal(next[who]++, frame.Payload.Span[1]);
            Assert.Equal(2 + (who * 10), frame.Payload.Length);
        }

        Assert.All(next, count => Assert.Equal(Frames, count));
    }

    [Fact]
    public async Task A_write_that_was_cancelled_while_it_waited_leaves_nothing_on_the_stream()
    {
        var stream = new HaltingStream { Gate = new TaskCompletionSource() };
        using var writer = new FrameWriter(stream);
        using var impatience = new CancellationTokenSource();
        var first = writer.WriteAsync(FrameType.Ack, Wire.Unsealed([1]), Cancellation).AsTask();
        var second = writer.WriteAsync(FrameType.Ack, Wire.Unsealed([2]), impatience.Token).AsTask();

        await impatience.CancelAsync();
        stream.Gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await first;
        await writer.WriteAsync(FrameType.Ack, Wire.Unsealed([3]), Cancellation);
        Assert.Equal([.. Wire.Sealed(FrameType.Ack, [1]), .. Wire.Sealed(FrameType.Ack, [3])], stream.Written.ToArray());
    }

    /// <summary>Takes every write in two pieces, and lets others run in between.</summary>
    private sealed class HaltingStream : MemoryStream
    {
        public MemoryStream Written { get; } = new();

        /// <summary>Holds the first piece back; null: it does not.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested(); // as every real stream does
            if (Gate is { } gate)
            {
                await gate.Task;
            }

            Put(buffer[..(buffer.Length / 2)]);
            await Task.Yield();
            Put(buffer[(buffer.Length / 2)..]);
        }

        private void Put(ReadOnlyMemory<byte> bytes)
        {
            lock (Written)
            {
                Written.Write(bytes.Span);
            }
        }
    }
}
