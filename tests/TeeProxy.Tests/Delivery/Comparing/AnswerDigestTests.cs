using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Tests.Delivery.Comparing;

public sealed class AnswerDigestTests
{
    [Fact]
    public void Answers_have_the_same_digest_when_they_differ_in_the_masked_value_alone_in_whatever_pieces_they_come()
    {
        var numbers = Gen.Choose(0, 3);
        var pairs = numbers.SelectMany(token => numbers.SelectMany(user => numbers.SelectMany(other => numbers.SelectMany(
            otherUser => Gen.Choose(1, 40).Select(piece => (Token: token, User: user, Other: other, OtherUser: otherUser, Piece: piece))))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(pairs.ToArbitrary(), pair =>
            (Digest($$"""{"token":{{pair.Token}},"user":{{pair.User}}}""", "json:/token", piece: pair.Piece)
                == Digest($$"""{"token":{{pair.Other}},"user":{{pair.OtherUser}}}""", "json:/token")) == (pair.User == pair.OtherUser)));
    }

    [Theory]
    [InlineData("Content-Type", "text/html; charset=utf-8", "text/HTML;charset=UTF-8", true)]
    [InlineData("Content-Type", "text/html", "text/plain", false)]
    [InlineData("Location", "/a", "/A", false)]
    [InlineData("Content-Encoding", "gzip", "br", false)]
    [InlineData("Date", "one", "other", true)]
    [InlineData("Set-Cookie", "one", "other", true)]
    public void Headers_that_say_what_the_body_is_or_where_to_go_count(string name, string one, string other, bool isSame) =>
        Assert.Equal(isSame, Digest("x", "", (name, one)) == Digest("x", "", (name, other)));

    [Fact]
    public void A_header_that_is_ignored_does_not_count() =>
        Assert.Equal(Digest("x", "header:location", ("Location", "/a")), Digest("x", "header:location", ("Location", "/b")));

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/json", "gzip")]
    public void A_pointer_leaves_alone_what_is_no_json_or_compressed(string type, string? encoding) => Assert.NotEqual(
        Digest("""{"token":1}""", "json:/token", ("Content-Type", type), ("Content-Encoding", encoding ?? "")),
        Digest("""{"token":2}""", "json:/token", ("Content-Type", type), ("Content-Encoding", encoding ?? "")));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_body_over_the_limit_counts_unmasked(int over, bool isMasked)
    {
        var rest = new string('x', AnswerDigest.MostMaskedBytes + over - """{"token":1,"x":""}""".Length);

        Assert.Equal(isMasked, Digest($$"""{"token":1,"x":"{{rest}}"}""", "json:/token", piece: 70_000) == Digest($$"""{"token":2,"x":"{{rest}}"}""", "json:/token", piece: 70_000));
    }

    [Fact]
    public void The_beginning_of_a_long_body_is_kept()
    {
        using var digest = new AnswerDigest(AnswerMask.None, 201, []);
        digest.Append(new byte[KeptAnswer.MostBodyBytes - 1]);
        digest.Append("abc"u8);

        var kept = digest.Complete();

        Assert.Equal((201, KeptAnswer.MostBodyBytes + 2L, KeptAnswer.MostBodyBytes, (byte)'a'), (kept.Status, kept.Length, kept.Body.Length, kept.Body[^1]));
    }

    private static ulong Digest(string body, string ignore, int piece) => Digest(body, ignore, piece, [("Content-Type", "application/json")]);

    private static ulong Digest(string body, string ignore, params (string Name, string Value)[] headers) =>
        Digest(body, ignore, int.MaxValue, headers is [] ? [("Content-Type", "application/json")] : headers);

    private static ulong Digest(string body, string ignore, int piece, (string Name, string Value)[] headers)
    {
        using var digest = new AnswerDigest(AnswerMask.TryParse(ignore, out _)!, 200, [.. headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value))]);
        foreach (var part in Encoding.UTF8.GetBytes(body).Chunk(piece))
        {
            digest.Append(part);
        }

        return digest.Complete().Digest;
    }
}
