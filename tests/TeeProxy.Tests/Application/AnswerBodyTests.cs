using TeeProxy.Delivery;
using TeeProxy.Tests.Delivery;

namespace TeeProxy.Tests.Application;

/// <summary>Answers with every framing, over real connections, in pieces of every size.</summary>
public sealed class AnswerBodyTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Next = "HTTP/1.1 299 Next\r\nContent-Length: 0\r\n\r\n";

    public static TheoryData<string, string> Framed => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 OK: hello" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 OK: " },
        { "HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 4\n\n\r\n\r\n", "200 OK: \r\n\r\n" },
        { "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "204 No Content: " },
        { "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "304 Not Modified: " },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", "201 Created: ok" },
        { Chunked + "5\r\nhello\r\n0\r\n\r\n", "200 OK: hello" },
        { Chunked + "0\r\n\r\n", "200 OK: " },
        { Chunked + "a\r\n0123456789\r\nA;x=y;z=\"w\"\r\n0123456789\r\n00 \r\n\r\n", "200 OK: 01234567890123456789" },
        { Chunked + "1\t;x\r\na\r\n002\nbc\n0;last\r\nX-Trailer: y\r\nX-Other: Content-Length: 5\r\n\r\n", "200 OK: abc" },
    };

    public static TheoryData<string> Broken => new(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "no answer\r\n\r\n",
        "",
        Chunked + "5\r\nhello\r\n0\r\n",
        Chunked + "5\r\nhello\r\n",
        Chunked + "5\r\nhel",
        Chunked + "5\r\nhello!\r\n0\r\n\r\n",
        Chunked + "5\r\nhello0\r\n\r\n",
        Chunked + "\r\n0\r\n\r\n",
        Chunked + "g\r\n0\r\n\r\n",
        Chunked + "-5\r\nhello\r\n0\r\n\r\n",
        Chunked + "+5\r\nhello\r\n0\r\n\r\n",
        Chunked + "0x5\r\nhello\r\n0\r\n\r\n",
        Chunked + " 5\r\nhello\r\n0\r\n\r\n",
        Chunked + "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        Chunked + "8000000000000000\r\nhello\r\n0\r\n\r\n",
        Chunked + "10000000000000000\r\nhello\r\n0\r\n\r\n",
        Chunked + "5;" + new string('x', 5000) + "\r\nhello\r\n0\r\n\r\n");

    [Theory]
    [MemberData(nameof(Framed))]
    public async Task An_answer_is_read_to_its_end_wherever_it_is_split_and_the_connection_is_used_again(string answer, string expected)
    {
        await using var application = new PacedApplication([.. Enumerable.Range(0, answer.Length).Select(split => (string[])[answer[..split], answer[split..]]), [Next]]);
        await using var sender = new Sender(application.Address);

        for (var split = 0; split < answer.Length; split++)
        {
            Assert.Equal(expected, await sender.AnswerAsync());
        }

        Assert.Equal("299 Next: ", await sender.AnswerAsync());
        Assert.Equal(1, application.Connections);
    }

    [Theory]
    [MemberData(nameof(Framed))]
    public async Task An_answer_that_nobody_awaits_is_read_to_its_end_all_the_same(string answer, string expected)
    {
        await using var application = new PacedApplication([answer], [.. answer.Select(one => one.ToString())], [Next]);
        await using var sender = new Sender(application.Address);

        foreach (var status in (int[])[int.Parse(expected[..3], null), int.Parse(expected[..3], null), 299])
        {
            var delivered = Assert.IsType<DeliveryResult.Delivered>(await sender.SendAsync(isAwaited: false));
            Assert.Equal(status, delivered.Status);
            Assert.Equal((0, 0, null), (delivered.Answer.Headers.Count, delivered.Answer.Body.Length, delivered.Answer.Reason));
        }

        Assert.Equal(1, application.Connections);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task An_answer_that_breaks_off_or_makes_no_sense_is_lost(string answer)
    {
        await using var application = new PacedApplication([answer, null!], [.. answer.Select(one => one.ToString()), null!]);
        await using var sender = new Sender(application.Address);

        Assert.False(Assert.IsType<DeliveryResult.Lost>(await sender.SendAsync()).IsTimeout);
        Assert.False(Assert.IsType<DeliveryResult.Lost>(await sender.SendAsync(isAwaited: false)).IsTimeout);
        Assert.Equal(2, application.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    public async Task Without_a_length_the_body_ends_with_the_connection(string head)
    {
        await using var application = new PacedApplication([head, "hel", "lo", null!], [head, null!], [Next]);
        await using var sender = new Sender(application.Address);

        Assert.Equal("200 OK: hello", await sender.AnswerAsync());
        Assert.Equal("200 OK: ", await sender.AnswerAsync());
        Assert.Equal("299 Next: ", await sender.AnswerAsync());
        Assert.Equal(3, application.Connections);
    }

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("X: y")]
    public async Task An_answer_to_HEAD_has_no_body_whatever_it_states(string header)
    {
        await using var application = new PacedApplication([$"HTTP/1.1 200 OK\r\n{header}\r\n\r\n"], [Next]);
        await using var sender = new Sender(application.Address);

        Assert.Equal("200 OK: ", await sender.AnswerAsync(await sender.RecordAsync("HEAD", body: "")));
        Assert.Equal("299 Next: ", await sender.AnswerAsync());
        Assert.Equal(1, application.Connections);
    }

    [Fact]
    public async Task Behind_101_the_connection_speaks_something_else_and_is_used_no_more()
    {
        await using var application = new PacedApplication(["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"], [Next]);
        await using var sender = new Sender(application.Address);

        Assert.Equal("101 Switching Protocols: ", await sender.AnswerAsync());
        Assert.Equal("299 Next: ", await sender.AnswerAsync());
        Assert.Equal(2, application.Connections);
    }

    [Theory]
    [InlineData(64 << 10, false)]
    [InlineData((64 << 10) + 1, false)]
    [InlineData(300_000, false)]
    [InlineData(300_000, true)]
    public async Task A_long_body_comes_whole(int length, bool isChunked)
    {
        var body = string.Concat(Enumerable.Range(0, (length / 8) + 1).Select(i => $"{i,8}"))[..length];
        var answer = isChunked ? $"{Chunked}{length - 7:x}\r\n{body[7..]}\r\n7\r\n{body[..7]}\r\n0\r\n\r\n" : $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}";
        await using var application = new PacedApplication([answer], [answer], [Next]);
        await using var sender = new Sender(application.Address);

        Assert.Equal("200 OK: " + (isChunked ? body[7..] + body[..7] : body), await sender.AnswerAsync());
        Assert.IsType<DeliveryResult.Delivered>(await sender.SendAsync(isAwaited: false));
        Assert.Equal("299 Next: ", await sender.AnswerAsync());
        Assert.Equal(1, application.Connections);
    }
}
