using System.Text;
using TeeProxy.Delivery.Keys;
using TeeProxy.Requests;

namespace TeeProxy.Tests.Delivery.Keys;

/// <summary>Which write has which key: one that two applications may read differently has none.</summary>
public sealed class KeySpecTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";

    [Theory]
    [InlineData("form:user", "form:user")]
    [InlineData("form:a:b", "form:a:b")]
    [InlineData("json:/user/name", "json:/user/name")]
    [InlineData("json:/", "json:/")]
    [InlineData("header:X-User", "header:x-user")]
    [InlineData("query:user", "query:user")]
    [InlineData("path", "path")]
    public void A_key_is_understood_and_has_one_spelling(string text, string spelling) => Assert.Equal(spelling, KeySpec.TryParse(text)?.Text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("user")]
    [InlineData("path:")]
    [InlineData("path:x")]
    [InlineData("form:")]
    [InlineData("query:")]
    [InlineData("header:")]
    [InlineData("header:X User")]
    [InlineData("json:")]
    [InlineData("json:user")]
    [InlineData("json:/a~2")]
    [InlineData("Form:user")]
    public void What_names_no_key_is_refused(string? text) => Assert.Null(KeySpec.TryParse(text));

    [Theory]
    [InlineData("user=anna", "anna")]
    [InlineData("x=1&user=anna&y", "anna")]
    [InlineData("us%65r=a%6Ena+b%2bc", "anna b+c")]
    [InlineData("User=anna", "anna")]
    [InlineData("user=%C3%A9", "\u00c3\u00a9")]
    [InlineData("user=%ff", "\u00ff")]
    [InlineData("user=a=b", "a=b")]
    [InlineData("user", "")]
    [InlineData("", null)]
    [InlineData("other=1", null)]
    [InlineData("user[]=anna", null)]
    [InlineData("user=anna&user=bert", null)]
    [InlineData("user=anna&USER=bert", null)]
    [InlineData("user=%", null)]
    [InlineData("user=%4", null)]
    [InlineData("user=%zz", null)]
    [InlineData("%zz=1&user=anna", null)]
    [InlineData("user=anna;x=1", null)]
    public void A_form_field(string body, string? key) => Assert.Equal(key, Of("form:user", body: body, type: Form));

    [Theory]
    [InlineData(Form + "; charset=UTF-8", "anna")]
    [InlineData("Application/X-WWW-Form-Urlencoded", "anna")]
    [InlineData("multipart/form-data", null)]
    [InlineData(Json, null)]
    [InlineData(null, null)]
    public void A_form_field_of_a_form_only(string? type, string? key) => Assert.Equal(key, Of("form:user", body: "user=anna", type: type));

    [Theory]
    [InlineData("form:user", "user=anna", Form)]
    [InlineData("json:/user", "{\"user\":\"anna\"}", Json)]
    public void A_compressed_body_has_no_key(string spec, string body, string type) =>
        Assert.Null(Of(spec, body: body, type: type, headers: [new("Content-Encoding", "gzip")]));

    [Theory]
    [InlineData("/x?user=anna&y=1", "anna")]
    [InlineData("/x?user=an%6ea", "anna")]
    [InlineData("/x?a=1?user=anna", null)]
    [InlineData("/x?", null)]
    [InlineData("/x", null)]
    public void A_query_field(string target, string? key) => Assert.Equal(key, Of("query:user", target));

    [Theory]
    [InlineData("/users/anna?x=1", "/users/anna")]
    [InlineData("/users/%61nna/", "/users/anna")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/", "/")]
    [InlineData("/a/../b", null)]
    [InlineData("/a/%2e/b", null)]
    [InlineData("//a", null)]
    [InlineData("/a%5cb", null)]
    [InlineData("/%zz", null)]
    public void A_path(string target, string? key) => Assert.Equal(key, Of("path", target));

    [Fact]
    public void A_header_that_stands_once()
    {
        Assert.Equal("anna", Of("header:X-User", headers: [new("x-user", " anna ")]));
        Assert.Null(Of("header:X-User", headers: [new("X-User", "anna"), new("x-user", "bert")]));
        Assert.Null(Of("header:X-User"));
    }

    [Theory]
    [InlineData("/user", "{\"user\":\"anna\"}", "anna")]
    [InlineData("/user", " {\"x\":[{}],\"user\":\"\\u0061nna\"} ", "anna")]
    [InlineData("/user", "{\"User\":\"anna\"}", "anna")]
    [InlineData("/user/id", "{\"user\":{\"id\":17}}", "17")]
    [InlineData("/user/id", "{\"user\":{\"id\":-1}}", "-1")]
    [InlineData("/a~1b/~01/2", "{\"a/b\":{\"~1\":[0,1,\"x\"]}}", "x")]
    [InlineData("/0", "{\"0\":\"x\"}", "x")]
    [InlineData("/", "{\"\":\"x\"}", "x")]
    [InlineData("/user", "{\"user\":1.0}", null)]
    [InlineData("/user", "{\"user\":1e0}", null)]
    [InlineData("/user", "{\"user\":-0}", null)]
    [InlineData("/user", "{\"user\":null}", null)]
    [InlineData("/user", "{\"user\":true}", null)]
    [InlineData("/user", "{\"user\":{}}", null)]
    [InlineData("/user", "{\"user\":\"a\",\"user\":\"b\"}", null)]
    [InlineData("/user", "{\"user\":\"a\",\"USER\":\"b\"}", null)]
    [InlineData("/user", "{\"user\":\"\\ud800\"}", null)]
    [InlineData("/user", "{\"user\":\"a\"} {}", null)]
    [InlineData("/user", "{\"user\":\"a\"", null)]
    [InlineData("/user", "[]", null)]
    [InlineData("/user", "", null)]
    [InlineData("/01", "[\"a\",\"b\"]", null)]
    [InlineData("/-", "[\"a\"]", null)]
    [InlineData("/1", "[\"a\"]", null)]
    [InlineData("/99999999999", "[\"a\"]", null)]
    [InlineData("/user/x", "{\"user\":\"a\"}", null)]
    public void A_value_in_JSON(string path, string body, string? key) => Assert.Equal(key, Of("json:" + path, body: body, type: Json));

    [Fact]
    public void Deep_JSON_and_bytes_that_are_no_text_have_no_key()
    {
        Assert.Null(Of("json:/user", body: new string('[', 100_000), type: Json));
        Assert.Null(KeySpec.TryParse("json:/user")!.Source.Of(Head("/", Json, []), [.. "{\"user\":\""u8, 0xff, .. "\"}"u8]));
    }

    private static string? Of(string spec, string target = "/", string? type = null, string body = "", params KeyValuePair<string, string>[] headers) =>
        KeySpec.TryParse(spec)!.Source.Of(Head(target, type, headers), Encoding.UTF8.GetBytes(body));

    private static RecordedHead Head(string target, string? type, KeyValuePair<string, string>[] headers) =>
        new(new RequestHead("POST", target, [new("Host", "x"), .. type is null ? [] : new KeyValuePair<string, string>[] { new("Content-Type", type) }, .. headers]).Encode());
}
