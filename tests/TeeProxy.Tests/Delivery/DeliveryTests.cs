using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Acks;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

/// <summary>What a head's application is sent, and how often.</summary>
public sealed class DeliveryTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Every_write_is_delivered_once_in_order_and_one_at_a_time()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var node = Deliverer.Start(_data, application.Address);

        var writes = Enumerable.Range(0, 200).Select(i => node.Send(target: $"/{i}")).ToArray();
        await Task.WhenAll(writes.Select(write => write.Completion)).WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"/{i}"), application.Seen.Select(seen => seen.Target));
        Assert.Equal(writes.Select(write => write.Sequence), application.Seen.Select(seen => seen.Sequence));
        Assert.All(application.Seen, seen => Assert.False(seen.IsMarked));
        Assert.Equal(1, application.MostInFlight);
        Assert.Equal(0, node.Local.Redelivered);
    }

    [Fact]
    public async Task The_application_is_sent_what_was_recorded_and_the_writes_name()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var node = Deliverer.Start(_data, application.Address);

        var write = node.Send("PATCH", "/a?b=c", "body"u8.ToArray(), ("Content-Type", "text/plain"), ("Cookie", "a=1; b=2"), ("X-Name", "J\u00fcrgen"), ("traceparent", "00-1-2-00"));
        await write.Completion.WaitAsync(Eventually.Deadline, Cancellation);

        var seen = Assert.Single(application.Seen);
        Assert.Equal(("PATCH", "/a?b=c", "body"), (seen.Method, seen.Target, Encoding.ASCII.GetString(seen.Body)));
        Assert.Equal(
            [
                ("Content-Length", "4"), ("Content-Type", "text/plain"), ("Cookie", "a=1; b=2"), ("Host", "shop.example"),
                (HeaderNames.Chain, Deliverer.Chain.ToString()), (HeaderNames.Sequence, "1"), ("traceparent", "00-1-2-00"), ("X-Name", "J\u00fcrgen"),
            ],
            seen.Headers.Select(header => (header.Key, header.Value)).OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_client_gets_the_applications_own_answer_and_the_chain_its_outcome()
    {
        await using var application = await FakeApplication.StartAsync();
        application.Answer = (context, _) =>
        {
            context.Response.StatusCode = 422;
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            return context.Response.WriteAsync("no such user", Cancellation);
        };
        await using var node = Deliverer.Start(_data, application.Address);

        var result = await node.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);

        var answer = Assert.IsType<WriteResult.Answered>(result).Answer;
        Assert.Equal((422, "no such user"), (answer.Status, Encoding.ASCII.GetString(answer.Body.Memory.Span)));
        Assert.Equal(["a=1", "b=2"], answer.Headers.Where(header => header.Key == "Set-Cookie").Select(header => header.Value));
        await node.AppliesAsync(2);
        using var reader = node.Journal.OpenReader(1);
        Assert.True(reader.TryRead(out var entry));
        Assert.Equal((EntryKind.Outcome, new OutcomeRecord(1, 422, 0)), (entry.Kind, OutcomeRecord.Decode(entry.Head.Span)));
    }

    [Theory]
    [InlineData("/a%2Fb/../c%2e%2E/./d")]
    [InlineData("//double//slash")]
    [InlineData("/with%20space?q=a%20b+c&x=%2F..%2f")]
    [InlineData("/%e4%f6%fc/%E4")]
    [InlineData("/Case/caSE?Case")]
    [InlineData("/?")]
    [InlineData("/x;p=1,2'()*!~@:$&")]
    [InlineData("/<a>\"b\"|c^d`{e}\\f")]
    [InlineData("/a#b?c#d")]
    public async Task A_target_reaches_the_application_byte_for_byte(string target)
    {
        string? line = null;
        await using var application = new RawApplication(async stream =>
        {
            line = (await RawApplication.ReadAsync(stream))?.Split("\r\n")[0];
            await RawApplication.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        await using var node = Deliverer.Start(_data, application.Address);

        await node.Send(target: target).Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal($"POST {target} HTTP/1.1", line);
    }

    [Fact]
    public async Task A_target_as_long_as_a_head_may_be_reaches_the_application()
    {
        await using var application = new RawApplication(async stream =>
        {
            var request = await RawApplication.ReadAsync(stream);
            await RawApplication.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Length: {request!.IndexOf(" HTTP/1.1\r\n", StringComparison.Ordinal)}\r\n\r\n");
        });
        await using var node = Deliverer.Start(_data, application.Address);
        var target = "/?" + new string('x', 70_000); // more than a Uri could hold before .NET 10

        var result = await node.Send(target: target).Completion.WaitAsync(Eventually.Deadline, Cancellation);

        var length = Assert.IsType<WriteResult.Answered>(result).Answer.Headers.Single(header => header.Key == "X-Length").Value;
        Assert.Equal($"{"POST ".Length + target.Length}", length);
    }

    [Fact]
    public async Task A_large_body_is_streamed_from_the_journal()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var node = Deliverer.Start(_data, application.Address);
        var body = RandomNumberGenerator.GetBytes(5 << 20);

        await node.Send(body: body).Completion.WaitAsync(Eventually.Deadline, Cancellation);

        var seen = Assert.Single(application.Seen);
        Assert.True(seen.Body.AsSpan().SequenceEqual(body), "the application got another body");
        Assert.Equal("5242880", seen.Headers["Content-Length"]);
        using var reader = node.Journal.OpenReader(0);
        Assert.True(reader.TryRead(out var entry) && !entry.BodyInMemory, "the journal would have held it in memory");
    }

    [Fact]
    public async Task A_large_body_is_sent_whole_again_when_the_first_attempt_breaks()
    {
        await using var application = await FakeApplication.StartAsync();
        var first = true;
        application.Answer = (context, _) =>
        {
            if (first)
            {
                first = false;
                context.Abort();
            }

            return Task.CompletedTask;
        };
        await using var node = Deliverer.Start(_data, application.Address);
        var body = RandomNumberGenerator.GetBytes(5 << 20);

        await node.Send(body: body).Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal([false, true], application.Seen.Select(seen => seen.IsMarked));
        Assert.All(application.Seen, seen => Assert.True(seen.Body.AsSpan().SequenceEqual(body), "the application got another body"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_write_without_a_body_says_so(string method)
    {
        await using var application = await FakeApplication.StartAsync();
        await using var node = Deliverer.Start(_data, application.Address);

        await node.Send(method, body: []).Completion.WaitAsync(Eventually.Deadline, Cancellation);

        var seen = Assert.Single(application.Seen);
        Assert.Equal("0", seen.Headers["Content-Length"]);
        Assert.False(seen.Headers.ContainsKey("Transfer-Encoding"));
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_delivered_again_with_the_mark()
    {
        await using var application = await FakeApplication.StartAsync();
        application.Answer = (context, seen) =>
        {
            if (seen.Sequence == 1 && application.Seen.Count < 3)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        };
        await using var node = Deliverer.Start(_data, application.Address);

        var (first, second) = (node.Send(), node.Send());
        await Task.WhenAll(first.Completion, second.Completion).WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal([(1, false), (1, true), (1, true), (second.Sequence, false)], application.Seen.Select(seen => (seen.Sequence, seen.IsMarked)));
        Assert.IsType<WriteResult.Answered>(await first.Completion);
        Assert.Equal(2, node.Local.Redelivered);
        Assert.Single(application.Seen.Select(seen => seen.Headers[HeaderNames.Chain]).Distinct());
    }

    [Fact]
    public async Task A_write_without_a_body_is_never_sent_again_by_the_http_client_itself()
    {
        // https://github.com/dotnet/runtime/issues/86714: it would be, unmarked, had it no content at all.
        var seen = new List<bool>();
        await using var application = new RawApplication(async stream =>
        {
            while (await RawApplication.ReadAsync(stream) is { } request)
            {
                if (request.Contains("POST /last", StringComparison.Ordinal))
                {
                    var isMarked = request.Contains("TeeChain-Redelivery: 1", StringComparison.Ordinal);
                    seen.Add(isMarked);
                    if (!isMarked)
                    {
                        return; // It took the whole request, and closes the kept-alive connection without a word.
                    }
                }

                await RawApplication.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        await using var node = Deliverer.Start(_data, application.Address);
        await node.Send(target: "/first", body: []).Completion.WaitAsync(Eventually.Deadline, Cancellation); // the connection is in the pool

        await node.Send(target: "/last", body: []).Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal([false, true], seen);
    }

    [Fact]
    public async Task However_an_idle_connection_is_closed_under_a_write_it_is_seen_at_most_once_without_the_mark()
    {
        var seen = new List<(string Line, bool IsMarked)>();
        await using var application = new RawApplication(async stream =>
        {
            for (var left = 2; left > 0 && await RawApplication.ReadAsync(stream) is { } request; left--)
            {
                lock (seen)
                {
                    seen.Add((request.Split("\r\n")[0], request.Contains("TeeChain-Redelivery: 1", StringComparison.Ordinal)));
                }

                await RawApplication.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); // and, after two, it closes
            }
        });
        await using var node = Deliverer.Start(_data, application.Address);

        var writes = Enumerable.Range(0, 60).Select(i => node.Send(target: $"/{i:00}", body: i % 2 == 0 ? [] : null)).ToArray();
        await Task.WhenAll(writes.Select(write => write.Completion)).WaitAsync(Eventually.Deadline, Cancellation);

        var lines = writes.Select((_, i) => $"POST /{i:00} HTTP/1.1").ToArray();
        Assert.All(lines, line => Assert.InRange(seen.Count(one => one.Line == line && !one.IsMarked), 0, 1));
        Assert.Equal(lines, seen.Select(one => one.Line).Distinct());
        Assert.Equal(seen.Select(one => one.Line).Order(StringComparer.Ordinal), seen.Select(one => one.Line));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_told_to_the_client_and_the_write_comes_again_marked()
    {
        await using var application = await FakeApplication.StartAsync();
        application.Answer = (context, seen) =>
            seen.IsMarked ? Task.CompletedTask : Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        await using var node = Deliverer.Start(_data, application.Address, timeout: Short);

        var result = await node.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Contains("no complete answer within 0.3 s", Assert.IsType<WriteResult.Undetermined>(result).Why, StringComparison.Ordinal);
        await node.AppliesAsync(1);
        Assert.Equal([false, true], application.Seen.Select(seen => seen.IsMarked));
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        var attempts = 0;
        await using var application = new RawApplication(async stream =>
        {
            await RawApplication.ReadAsync(stream);
            await RawApplication.WriteAsync(stream, attempts++ == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf" : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");
        });
        await using var node = Deliverer.Start(_data, application.Address);

        var result = await node.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal("whole", Encoding.ASCII.GetString(Assert.IsType<WriteResult.Answered>(result).Answer.Body.Memory.Span));
        Assert.Equal((2, 1), (attempts, node.Local.Redelivered));
    }

    [Theory]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5000000\r\n\r\n", 304)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204)]
    public async Task An_answer_that_has_no_body_by_its_status_is_complete_whatever_length_it_states(string answer, int status)
    {
        var attempts = 0;
        await using var application = new RawApplication(async stream =>
        {
            attempts++;
            await RawApplication.ReadAsync(stream);
            await RawApplication.WriteAsync(stream, answer);
            await RawApplication.ReadAsync(stream);
        });
        await using var node = Deliverer.Start(_data, application.Address, timeout: TimeSpan.FromSeconds(2));

        var result = await node.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal((status, 0), (Assert.IsType<WriteResult.Answered>(result).Answer.Status, ((WriteResult.Answered)result).Answer.Body.Length));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_write_that_could_not_be_sent_is_not_marked_when_it_can()
    {
        var port = FakeApplication.FreePort();
        await using var node = Deliverer.Start(_data, new Address("127.0.0.1", port));

        var write = node.Send();
        await Eventually.TrueAsync(() => node.Health.Current.Why is { } why && why.Contains("refused", StringComparison.OrdinalIgnoreCase), "the application is known to be down");
        await using var application = await FakeApplication.StartAsync(port);
        await write.Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.False(Assert.Single(application.Seen).IsMarked);
        Assert.True(node.Health.Current.IsUp);
        Assert.Equal(0, node.Local.Redelivered);
    }

    [Fact]
    public async Task A_connection_that_is_not_taken_in_time_has_sent_nothing()
    {
        // A listener whose queue is full: the kernel drops what asks for a connection, as a dead host does.
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = (System.Net.IPEndPoint)listener.LocalEndPoint!;
        using var crowd = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await crowd.ConnectAsync(address, Cancellation);
        await using var node = Deliverer.Start(_data, new Address("127.0.0.1", address.Port));

        var write = node.Send();
        await Eventually.TrueAsync(() => node.Health.Current.Why is { } why && !why.Contains("asked yet", StringComparison.Ordinal), "the application is known to be down");

        Assert.False(write.Completion.IsCompleted);
        Assert.Equal(0, node.Local.Redelivered);
    }

    [Fact]
    public async Task An_answer_that_the_disk_cannot_hold_is_a_delivery_that_the_client_hears_of()
    {
        await using var application = await FakeApplication.StartAsync();
        application.Answer = (context, _) => context.Response.Body.WriteAsync(new byte[200_000]).AsTask();
        await File.WriteAllTextAsync(Deliverer.SpoolFolder(_data), "in the way", Cancellation);
        await using var node = Deliverer.Start(_data, application.Address);

        var result = await node.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Contains("answered 200, but its answer cannot be held", Assert.IsType<WriteResult.Undetermined>(result).Why, StringComparison.Ordinal);
        await node.AppliesAsync(1);
        Assert.Single(application.Seen);
    }

    [Fact]
    public async Task What_was_delivered_before_a_clean_stop_does_not_come_again_and_what_was_not_comes_unmarked()
    {
        await using var application = await FakeApplication.StartAsync();
        var node = Deliverer.Start(_data, application.Address);
        await node.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);
        await node.StopCleanlyAsync();

        await using var again = Deliverer.Start(_data, application.Address);
        await again.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal([false, false], application.Seen.Select(seen => seen.IsMarked));
    }

    [Fact]
    public async Task A_stop_finishes_what_is_in_flight()
    {
        await using var application = await FakeApplication.StartAsync();
        var gate = new TaskCompletionSource();
        application.Answer = (_, _) => gate.Task;
        var node = Deliverer.Start(_data, application.Address);
        var (first, second) = (node.Send(), node.Send());
        await Eventually.TrueAsync(() => !application.Seen.IsEmpty, "the first is in flight");

        var stopping = node.StopCleanlyAsync();
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping;

        Assert.IsType<WriteResult.Answered>(await first.Completion.WaitAsync(Eventually.Deadline, Cancellation));
        Assert.False(second.Completion.IsCompleted);
        Assert.Single(application.Seen);
    }

    [Fact]
    public async Task An_abort_gives_up_what_is_in_flight_and_the_next_start_marks_it()
    {
        await using var application = await FakeApplication.StartAsync();
        application.Answer = (context, seen) =>
            seen.IsMarked || seen.Sequence > 1 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        var node = Deliverer.Start(_data, application.Address);
        node.Send();
        await Eventually.TrueAsync(() => !application.Seen.IsEmpty, "the write is in flight");

        await node.AbortAsync();

        Assert.Equal(0, node.Local.Watermark);
        await using var again = Deliverer.Start(_data, application.Address);
        await again.Send().Completion.WaitAsync(Eventually.Deadline, Cancellation);
        Assert.Equal([(1, false), (1, true), (2, false)], application.Seen.Select(seen => (seen.Sequence, seen.IsMarked)));
    }

    [Fact]
    public async Task An_abort_ends_the_wait_for_an_application_that_is_down()
    {
        var node = Deliverer.Start(_data, new Address("127.0.0.1", FakeApplication.FreePort()));
        node.Send();
        await Eventually.TrueAsync(() => node.Health.Current.Why is { } why && why.Contains("refused", StringComparison.OrdinalIgnoreCase), "the application is known to be down");

        await node.AbortAsync();

        Assert.Equal(0, node.Local.Watermark);
    }
}
