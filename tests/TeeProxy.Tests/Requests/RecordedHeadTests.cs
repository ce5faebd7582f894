using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Requests;

namespace TeeProxy.Tests.Requests;

/// <summary>A head that is looked at where it lies says what the same head says taken apart.</summary>
public sealed class RecordedHeadTests
{
    private static readonly string[] Names = ["Host", "host", "HOST", "X-User", "x-user", "X-Use", "X-Users", "X", "User", "Content-Type"];

    private static readonly string[] Methods = ["POST", "PUT", "PATCH", "DELETE", "PURGE", "P", "POSTS", "HEAD"];

    [Fact]
    public void It_says_what_the_head_says_taken_apart()
    {
        // All that a recorded value may have: no control character but a tab.
        var letter = Gen.Frequency((5, Gen.Elements(": ,;=?ab\t".ToCharArray())), (1, Gen.Choose(0x20, 0xff).Where(code => code != 0x7f).Select(code => (char)code)));
        var value = letter.ListOf().Select(string.Concat);
        var header = Gen.Elements(Names).SelectMany(name => value.Select(text => new KeyValuePair<string, string>(name, text)));
        var target = Gen.Elements("/ab?&=%2F.:".ToCharArray()).ListOf().Select(rest => "/" + string.Concat(rest));
        var head = Gen.Elements(Methods).SelectMany(method => target.SelectMany(path => header.ListOf().Select(headers => new RequestHead(method, path, headers))));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(head.ToArbitrary(), IsSame));
    }

    [Fact]
    public void A_head_without_headers_has_none()
    {
        var head = new RecordedHead("POST /a?b HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.False(head.Has("Host"));
        Assert.Null(head.Header("Host"));
        Assert.Equal("/a?b /a", $"{Encoding.Latin1.GetString(head.Target)} {Encoding.Latin1.GetString(head.Path)}");
    }

    [Theory]
    [InlineData("host", "a")]
    [InlineData("X-Twice", null)]
    [InlineData("X-None", null)]
    public void A_header_is_found_by_its_name_where_it_stands_once(string name, string? value)
    {
        var head = new RecordedHead(new RequestHead("GET", "/", [new("Host", "a"), new("X-Twice", "b"), new("x-twice", "c")]).Encode());

        Assert.Equal(value, head.Header(name));
    }

    private static bool IsSame(RequestHead head)
    {
        var recorded = new RecordedHead(head.Encode());

        Assert.Equal(head.Target, Encoding.Latin1.GetString(recorded.Target));
        Assert.Equal(head.Path, Encoding.Latin1.GetString(recorded.Path));
        Assert.All(Methods, method => Assert.Equal(head.Method == method, recorded.IsOf(Encoding.Latin1.GetBytes(method))));
        Assert.All([.. Names, "X-None", "POST /"], name =>
        {
            var found = head.Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
            Assert.Equal(found.Count > 0, recorded.Has(name));
            Assert.Equal(found is [var only] ? only.Value : null, recorded.Header(name));
        });
        return true;
    }
}
