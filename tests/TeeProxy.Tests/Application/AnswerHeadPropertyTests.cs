using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Application;

namespace TeeProxy.Tests.Application;

/// <summary>Heads that nobody would think of: of what heads are made of, in any order, and of bytes.</summary>
public sealed class AnswerHeadPropertyTests
{
    private static readonly string[] Pieces =
    [
        "HTTP/1.1 ", "HTTP/1.0 200", "200 OK", "\r\n", "\r\n", "\n", "\r", "\n\n", " ", "\t", ":", ",", ": ", "5", "0", "-", "+", "\0", "\u00ff",
        "Content-Length: 5\r\n", "Content-Length", "Transfer-Encoding: chunked", "Transfer-Encoding", "Connection: close\r\n", "Connection", "keep-alive", "gzip", "X: y\r\n",
    ];

    [Fact]
    public void Whatever_comes_is_read_or_refused_and_the_same_at_every_split()
    {
        var piece = Gen.Frequency((9, Gen.Elements(Pieces)), (1, Gen.Choose(0, 255).Select(value => ((char)value).ToString())));
        var text = Gen.Frequency((3, Gen.Constant("HTTP/1.1 200 OK\r\n")), (1, Gen.Constant("")))
            .SelectMany(start => piece.ListOf().Select(rest => start + string.Concat(rest) + "\r\n\r\n"));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(text.ToArbitrary(), Holds));
    }

    private static bool Holds(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var whole = AnswerHeads.Outcome(bytes, bytes.Length);
        for (var split = 0; split < bytes.Length; split++)
        {
            Assert.Equal(whole, AnswerHeads.Outcome(bytes, split));
        }

        if (whole is { } read)
        {
            Assert.InRange(read.Head.Status, 100, 999);
            Assert.InRange(read.Head.Length ?? 0, 0, long.MaxValue);
            Assert.False(read.Head is { IsChunked: true, Length: not null }, "it is framed twice");
            Assert.DoesNotContain('\n', AnswerHead.Reason(bytes.AsSpan(0, read.Bytes)) ?? "");
            Assert.All(AnswerHead.Headers(bytes.AsSpan(0, read.Bytes)), header => Assert.True(IsFit(header), $"no client could be sent {header}"));
        }

        return true;
    }

    private static bool IsFit(KeyValuePair<string, string> header) =>
        header.Key.Length > 0 && header.Key.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal))
        && header.Value.All(letter => letter is '\t' or (>= ' ' and not '\x7f'));
}
