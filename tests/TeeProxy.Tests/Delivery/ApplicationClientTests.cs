using System.Text;
using TeeChain.Protocol;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

/// <summary>How an attempt ends that does not simply succeed.</summary>
public sealed class ApplicationClientTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nobody_listens_nothing_was_sent()
    {
        await using var sender = new Sender(new Address("127.0.0.1", FakeApplication.FreePort()));

        Assert.NotEmpty(Assert.IsType<DeliveryResult.Unsent>(await sender.SendAsync()).Why);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello")]
    public async Task An_answer_that_is_not_whole_in_time_is_lost_and_its_connection_with_it(string answer)
    {
        var connections = 0;
        await using var application = new RawApplication(async stream =>
        {
            await RawApplication.ReadAsync(stream);
            await RawApplication.WriteAsync(stream, Interlocked.Increment(ref connections) > 1 ? Ok : answer);
            await RawApplication.ReadAsync(stream);
        });
        await using var sender = new Sender(application.Address, Short);

        var lost = Assert.IsType<DeliveryResult.Lost>(await sender.SendAsync());

        Assert.Equal(("no complete answer within 0.2 s", true), (lost.Why, lost.IsTimeout));
        Assert.IsType<DeliveryResult.Delivered>(await sender.SendAsync());
        Assert.Equal(2, connections);
    }

    [Fact]
    public async Task A_request_that_the_application_does_not_take_in_time_is_lost()
    {
        await using var application = new RawApplication(_ => Task.Delay(Timeout.Infinite, Cancellation));
        await using var sender = new Sender(application.Address, Short);
        var write = await sender.RecordAsync(body: new string('x', 12 << 20)); // more than the buffers of two sockets

        Assert.True(Assert.IsType<DeliveryResult.Lost>(await sender.SendAsync(write)).IsTimeout);
    }

    [Fact]
    public async Task One_that_is_given_up_says_so()
    {
        using var abort = new CancellationTokenSource();
        await using var application = new RawApplication(async stream =>
        {
            await RawApplication.ReadAsync(stream);
            await abort.CancelAsync();
            await RawApplication.ReadAsync(stream);
        });
        await using var sender = new Sender(application.Address);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendUntilAsync(abort.Token));
    }

    [Fact]
    public async Task One_that_is_given_up_before_it_began_is_not_sent()
    {
        var requests = 0;
        await using var application = new RawApplication(async stream =>
        {
            while (await RawApplication.ReadAsync(stream) is not null)
            {
                Interlocked.Increment(ref requests);
                await RawApplication.WriteAsync(stream, Ok);
            }
        });
        await using var sender = new Sender(application.Address);
        await sender.AnswerAsync(); // so that a connection is there

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendUntilAsync(new CancellationToken(canceled: true)));
        await sender.AnswerAsync();

        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task An_answer_that_came_before_the_application_had_read_all_counts_though_it_closed()
    {
        await using var application = new RawApplication(async stream =>
        {
            await stream.ReadExactlyAsync(new byte[100], Cancellation);
            await RawApplication.WriteAsync(stream, "HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nlong");
        });
        await using var sender = new Sender(application.Address);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("413 Too Large: long", await sender.AnswerAsync(await sender.RecordAsync(body: new string('x', 4 << 20))));
        }
    }

    [Fact]
    public async Task An_answer_that_came_early_leaves_the_connection_usable_where_the_application_reads_on()
    {
        var connections = 0;
        await using var application = new RawApplication(async stream =>
        {
            Interlocked.Increment(ref connections);
            await stream.ReadExactlyAsync(new byte[100], Cancellation);
            await RawApplication.WriteAsync(stream, "HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n");
            var next = await PassAsync(stream, "", "!"); // with the end of this request may come the next
            await PassAsync(stream, next, "user=anna");
            await RawApplication.WriteAsync(stream, Ok);
        });
        await using var sender = new Sender(application.Address);

        Assert.Equal("422 No: ", await sender.AnswerAsync(await sender.RecordAsync(body: new string('x', 4 << 20) + "!")));
        Assert.Equal("200 OK: ", await sender.AnswerAsync());
        Assert.Equal(1, connections);
    }

    /// <summary>Reads until <paramref name="end"/> has come; returns what came behind it.</summary>
    private static async Task<string> PassAsync(Stream stream, string read, string end)
    {
        var buffer = new byte[64 << 10];
        int at;
        while ((at = read.IndexOf(end, StringComparison.Ordinal)) < 0)
        {
            var count = await stream.ReadAtLeastAsync(buffer, 1, cancellationToken: Cancellation);
            read = read[^Math.Min(read.Length, end.Length)..] + Encoding.Latin1.GetString(buffer, 0, count);
        }

        return read[(at + end.Length)..];
    }
}
