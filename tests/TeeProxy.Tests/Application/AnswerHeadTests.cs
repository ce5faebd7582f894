using System.Text;
using TeeProxy.Application;

namespace TeeProxy.Tests.Application;

/// <summary>What is read in an answer's head. Every outcome must be the same wherever the bytes are split on their way.</summary>
public sealed class AnswerHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, "OK")]
    [InlineData("HTTP/1.1 404 Not Found here\r\nX: y\r\n\r\n", 404, "Not Found here")]
    [InlineData("HTTP/1.1 200 \r\n\r\n", 200, null)]
    [InlineData("HTTP/1.1 200\r\n\r\n", 200, null)]
    [InlineData("HTTP/1.1 200\n\n", 200, null)]
    [InlineData("HTTP/1.0 999 J\u00fcrgen\n\n", 999, "J\u00fcrgen")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", 100, "Continue")]
    public void The_status_is_read_and_the_reason_as_it_stands(string text, int status, string? reason)
    {
        Assert.Equal(status, Read(text).Status);
        Assert.Equal(reason, AnswerHead.Reason(Encoding.Latin1.GetBytes(text)));
    }

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1\r\n\r\n")]
    [InlineData("HTTP/1.1 20\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 Low\r\n\r\n")]
    [InlineData("HTTP/1.1 +20 Plus\r\n\r\n")]
    [InlineData("HTTP/1.1 -20 Minus\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1\t200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("<html>\n<body>\n\n")]
    public void What_is_no_answer_is_refused(string text) => Assert.Null(Outcome(text));

    [Theory]
    [InlineData("Content-Length: 5", 5L)]
    [InlineData("CONTENT-length:5", 5L)]
    [InlineData("Content-Length: \t 5 \t", 5L)]
    [InlineData("Content-Length : 5", 5L)]
    [InlineData("Content-Length:\r\n 5", 5L)]
    [InlineData("Content-Length: 005", 5L)]
    [InlineData("Content-Length: 9223372036854775807", long.MaxValue)]
    [InlineData("Content-Length: 5\r\nX: y\r\nContent-Length: 5", 5L)]
    [InlineData("Content-Lengths: 5", null)]
    [InlineData("X-Content-Length: 5", null)]
    [InlineData("X: y\r\n Content-Length: 5", null)]
    [InlineData("X: y", null)]
    public void The_length_is_read_in_whatever_form_it_is_stated(string header, long? length)
    {
        var head = ReadWith(header);

        Assert.Equal((length, false, true), (head.Length, head.IsChunked, head.KeepsConnection));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Content-Length: +5")]
    [InlineData("Content-Length: -5")]
    [InlineData("Content-Length: -0")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length: 5x")]
    [InlineData("Content-Length: 0x5")]
    [InlineData("Content-Length: 5 5")]
    [InlineData("Content-Length: 1e3")]
    [InlineData("Content-Length: 9223372036854775808")]
    [InlineData("Content-Length: 99999999999999999999999")]
    public void A_length_that_is_not_clear_is_refused(string header) => Assert.Null(Outcome($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n"));

    [Theory]
    [InlineData("Transfer-Encoding: chunked", true)]
    [InlineData("transfer-ENCODING:CHUNKED ", true)]
    [InlineData("Transfer-Encoding: gzip, chunked", true)]
    [InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", true)]
    [InlineData("Transfer-Encoding:\r\n\tchunked", true)]
    [InlineData("Transfer-Encoding: chunked, gzip", false)]
    [InlineData("Transfer-Encoding: unchunked", false)]
    [InlineData("Transfer-Encoding: gzip", false)]
    [InlineData("Transfer-Encoding:", false)]
    public void The_body_is_in_chunks_where_that_is_the_last_coding(string header, bool isChunked) => Assert.Equal(isChunked, ReadWith(header).IsChunked);

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive")]
    public void Chunks_beat_a_length_and_the_connection_is_used_no_more(string headers)
    {
        var head = ReadWith(headers);

        Assert.Equal((null, true, false), (head.Length, head.IsChunked, head.KeepsConnection));
    }

    [Theory]
    [InlineData("Transfer-Encoding: gzip\r\nContent-Length: 5")]
    [InlineData("Transfer-Encoding: gzip\r\nConnection: keep-alive")]
    [InlineData("Connection: keep-alive\r\nTransfer-Encoding: gzip")]
    public void Behind_a_coding_that_is_not_known_the_connection_is_used_no_more(string headers) => Assert.False(ReadWith(headers).KeepsConnection);

    [Theory]
    [InlineData("1.1", "X: y", true)]
    [InlineData("1.1", "Connection: close", false)]
    [InlineData("1.1", "connection: CLOSE", false)]
    [InlineData("1.1", "Connection: keep-alive", true)]
    [InlineData("1.1", "Connection: X-One , close", false)]
    [InlineData("1.1", "Connection: X-One,\r\n close", false)]
    [InlineData("1.1", "Connection: closed", true)]
    [InlineData("1.1", "Connection:", true)]
    [InlineData("1.1", "Connection: keep-alive, close", false)]
    [InlineData("1.1", "Connection: close\r\nConnection: keep-alive", false)]
    [InlineData("1.1", "Connection: keep-alive\r\nConnection: close", false)]
    [InlineData("1.0", "X: y", false)]
    [InlineData("1.0", "Connection: Keep-Alive", true)]
    [InlineData("1.0", "Connection: X-One, keep-alive", true)]
    [InlineData("1.0", "Connection: close", false)]
    [InlineData("1.0", "Connection: close, keep-alive", false)]
    public void The_connection_stays_where_the_version_or_the_head_says_so_and_nothing_says_close(string version, string header, bool stays) =>
        Assert.Equal(stays, Read($"HTTP/{version} 200 OK\r\n{header}\r\n\r\n").KeepsConnection);

    [Fact]
    public void Headers_keep_their_order_and_their_bytes_and_lose_their_folds()
    {
        var head = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\nX-Empty:\r\nX-Spaced : \t y \r\nset-cookie:b=2; c=\"d: e\"\r\nX-Folded: one,\r\n\t two\n  three\r\nX-Name: J\u00fcrgen\r\n\r\n";

        var headers = AnswerHead.Headers(Encoding.Latin1.GetBytes(head));

        Assert.Equal(
            [new("Set-Cookie", "a=1"), new("X-Empty", ""), new("X-Spaced", "y"), new("set-cookie", "b=2; c=\"d: e\""), new("X-Folded", "one, two three"), new("X-Name", "J\u00fcrgen")],
            headers);
    }

    [Fact]
    public void What_no_client_could_be_sent_as_a_header_is_left_out()
    {
        var head = "HTTP/1.1 200 OK\r\n X-Folded: at once\r\nno colon\r\n: nameless\r\nX Two: words\r\nX-\u00fc: y\r\n\rX: y\r\nX-Bell: a\ab\0c\rd\r\nX-Good: \ty\tz\r\n\r\n";

        var headers = AnswerHead.Headers(Encoding.Latin1.GetBytes(head));

        Assert.Equal([new("X-Bell", "a b c d"), new("X-Good", "y\tz")], headers);
    }

    [Theory]
    [InlineData(AnswerHead.MostBytes, true)]
    [InlineData(AnswerHead.MostBytes + 1, false)]
    [InlineData((2 * AnswerHead.MostBytes) + 1, false)]
    public void A_head_may_have_64_KiB_however_it_comes(int length, bool isRead)
    {
        var start = "HTTP/1.1 200 OK\r\nX: ";
        var bytes = Encoding.Latin1.GetBytes(start + new string('x', length - start.Length - 4) + "\r\n\r\n");

        foreach (var split in (int[])[0, 1, start.Length, AnswerHead.MostBytes - 1, AnswerHead.MostBytes, AnswerHead.MostBytes + 1, length - 1, length])
        {
            Assert.Equal(isRead ? length : null, AnswerHeads.Outcome(bytes, Math.Min(split, length))?.Bytes);
        }
    }

    private static AnswerHead ReadWith(string headers) => Read($"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n");

    private static AnswerHead Read(string text) => Assert.NotNull(Outcome(text)).Head;

    // A body behind it changes nothing.
    private static (AnswerHead Head, int Bytes)? Outcome(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text + "body\r\n\r\n");
        var whole = AnswerHeads.Outcome(bytes, bytes.Length);
        Assert.All(Enumerable.Range(0, bytes.Length), split => Assert.Equal(whole, AnswerHeads.Outcome(bytes, split)));
        Assert.Equal(text.Length, whole?.Bytes ?? text.Length);
        return whole;
    }
}
