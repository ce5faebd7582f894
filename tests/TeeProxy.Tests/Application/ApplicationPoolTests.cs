using System.Collections.Concurrent;
using System.Net.Sockets;
using TeeProxy.Application;
using TeeProxy.Tests.Delivery;

namespace TeeProxy.Tests.Application;

public sealed class ApplicationPoolTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_was_given_back_is_used_again_the_last_one_first()
    {
        await using var application = new PacedApplication();
        using var pool = new ApplicationPool(application.Address, TimeProvider.System);
        var one = await pool.RentAsync(Cancellation);
        var other = await pool.RentAsync(Cancellation);

        pool.Return(one);
        pool.Return(other);

        Assert.Same(other, await pool.RentAsync(Cancellation));
        Assert.Same(one, await pool.RentAsync(Cancellation));
        one.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\n\r\n")]
    public async Task What_the_application_closed_or_wrote_into_unasked_is_not_used_and_nothing_is_sent_into_it(string? unasked)
    {
        var isGivenBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gotIntoFirst = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var application = new RawApplication(async stream =>
        {
            await isGivenBack.Task;
            await (unasked is null ? Task.Run(() => stream.Socket.Shutdown(SocketShutdown.Send)) : RawApplication.WriteAsync(stream, unasked).AsTask());
            gotIntoFirst.TrySetResult(await stream.ReadAsync(new byte[1], Cancellation));
        });
        using var pool = new ApplicationPool(application.Address, TimeProvider.System);
        var first = await pool.RentAsync(Cancellation);
        pool.Return(first);

        isGivenBack.SetResult();
        await Eventually.TrueAsync(() => !first.IsFresh, "the node sees what the application did");
        using var second = await pool.RentAsync(Cancellation);

        Assert.NotSame(first, second);
        Assert.Equal(0, await gotIntoFirst.Task.WaitAsync(Eventually.Deadline, Cancellation));
    }

    [Fact]
    public async Task What_rested_too_long_is_not_used()
    {
        await using var application = new PacedApplication();
        var clock = new HandClock();
        using var pool = new ApplicationPool(application.Address, clock);
        var connection = await pool.RentAsync(Cancellation);

        pool.Return(connection);
        clock.Advance(ApplicationConnections.IdleTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Same(connection, await pool.RentAsync(Cancellation));
        pool.Return(connection);
        clock.Advance(ApplicationConnections.IdleTimeout);
        using var next = await pool.RentAsync(Cancellation);

        Assert.NotSame(connection, next);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 2)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 2)]
    [InlineData(Answer + "more", 2)]
    [InlineData(Answer, 1)]
    public async Task A_connection_is_kept_only_where_the_answer_allows_it(string answer, int connections)
    {
        await using var application = new PacedApplication([answer], [Answer]);
        await using var sender = new Sender(application.Address);

        await sender.AnswerAsync();
        await sender.AnswerAsync();

        Assert.Equal(connections, application.Connections);
    }

    [Fact]
    public async Task Patience_that_ends_right_after_the_exchange_ends_nothing()
    {
        await using var application = new PacedApplication([Answer]);
        var clock = new ClockWithLateTimers();
        using var pool = new ApplicationPool(application.Address, clock);
        var connection = await pool.RentAsync(Cancellation);
        connection.Begin(Eventually.Deadline);
        await connection.SendAsync("POST / HTTP/1.1\r\n\r\n"u8.ToArray());
        while (connection.Received.Length < Answer.Length)
        {
            Assert.True(connection.Add(await connection.ReceiveAsync()));
        }

        connection.Take(Answer.Length);

        Assert.True(connection.End());
        clock.Expire();
        pool.Return(connection);

        Assert.Same(connection, await pool.RentAsync(Cancellation));
        connection.Dispose();
    }

    [Fact]
    public async Task Patience_that_ends_before_the_exchange_ends_the_connection()
    {
        await using var application = new PacedApplication();
        var clock = new ClockWithLateTimers();
        using var pool = new ApplicationPool(application.Address, clock);
        using var connection = await pool.RentAsync(Cancellation);
        connection.Begin(Eventually.Deadline);

        clock.Expire();

        Assert.False(connection.End());
        Assert.True(connection.IsLate);
    }

    [Fact]
    public async Task Once_it_is_disposed_it_refuses_and_closes_in_good_order_what_comes_back()
    {
        var ends = new ConcurrentQueue<string>();
        await using var application = new RawApplication(async stream =>
        {
            try
            {
                ends.Enqueue(await RawApplication.ReadAsync(stream) ?? "in good order");
            }
            catch (IOException e)
            {
                ends.Enqueue(e.Message);
            }
        });
        var pool = new ApplicationPool(application.Address, TimeProvider.System);
        var inUse = await pool.RentAsync(Cancellation);
        pool.Return(await pool.RentAsync(Cancellation));

        pool.Dispose();
        pool.Return(inUse);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.RentAsync(Cancellation).AsTask());
        await Eventually.TrueAsync(() => ends.Count == 2, "both connections are closed");
        Assert.All(ends, end => Assert.Equal("in good order", end));
    }
}
