using System.Text;
using TeeProxy.Requests;

namespace TeeProxy.Tests.Requests;

public sealed class RequestHeadTests
{
    [Fact]
    public void A_head_is_encoded_as_the_text_that_HTTP_knows()
    {
        var head = new RequestHead("POST", "/a%2Fb?x=%20", [new("Host", "example.org"), new("X-Empty", "")]);

        var text = Encoding.Latin1.GetString(head.Encode());

        Assert.Equal("POST /a%2Fb?x=%20 HTTP/1.1\r\nHost: example.org\r\nX-Empty: \r\n\r\n", text);
        Assert.Equal("/a%2Fb", head.Path);
    }

    [Fact]
    public void Decoding_brings_back_what_was_encoded()
    {
        var head = new RequestHead("PURGE", "/", [new("X-Name", "caf\u00e9: \u00ff"), new("X-Name", "again")]);

        var decoded = RequestHead.Decode(head.Encode());

        Assert.Equal((head.Method, head.Target), (decoded.Method, decoded.Target));
        Assert.Equal(head.Headers, decoded.Headers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("POST / HTTP/1.1\r\n")]
    [InlineData("POST /\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nno colon\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\n: nameless\r\n\r\n")]
    public void What_is_no_head_is_refused(string text)
    {
        Assert.Throws<InvalidDataException>(() => RequestHead.Decode(Encoding.Latin1.GetBytes(text)));
    }
}
