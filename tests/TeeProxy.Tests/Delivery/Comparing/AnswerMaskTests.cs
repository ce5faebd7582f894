using System.Text;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Tests.Delivery.Comparing;

public sealed class AnswerMaskTests
{
    private static readonly KeyValuePair<string, string>[] Json = [new("Content-Type", "application/json")];

    [Theory]
    [InlineData("json:/token", """{"token":"abc","user":"anna"}""", """{"token":*,"user":"anna"}""")]
    [InlineData("json:/token", """{ "a":{"token":1}, "token" : {"x":[1,2]} }""", """{ "a":{"token":1}, "token" : * }""")]
    [InlineData("json:/token", """{"token":1,"token":2}""", """{"token":*,"token":*}""")]
    [InlineData("json:/token", """{"t\u006fken":1}""", """{"t\u006fken":*}""")]
    [InlineData("json:/Token", """{"token":1}""", """{"token":1}""")]
    [InlineData("json:/list/1/id", """{"list":[{"id":1},{"id":2},{"id":3}]}""", """{"list":[{"id":1},{"id":*},{"id":3}]}""")]
    [InlineData("json:/0", """[1,2]""", """[*,2]""")]
    [InlineData("json:/00", """[1,2]""", """[1,2]""")]
    [InlineData("json:/a~1b,json:/m~0n,json:/~01", """{"a/b":1,"m~n":2,"~1":3,"/":4}""", """{"a/b":*,"m~n":*,"~1":*,"/":4}""")]
    [InlineData("json:/a,json:/a/b", """{"a":{"b":1}}""", """{"a":*}""")]
    [InlineData("json:/a/b,json:/a/c", """{"a":{"b":1,"c":2,"d":3}}""", """{"a":{"b":*,"c":*,"d":3}}""")]
    [InlineData("json:/", """{"":1,"a":2}""", """{"":*,"a":2}""")]
    [InlineData("json:/a/b", """{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("json:/a", """{"a":1""", """{"a":1""")]
    [InlineData("json:/a", """{"a":1} {"a":1}""", """{"a":1} {"a":1}""")]
    [InlineData("json:/a", "", "")]
    [InlineData("regex:[0-9]{2,3}", """{"a":12,"b":1}""", """{"a":*,"b":1}""")]
    [InlineData("regex:a,b", "xa,by", "x*y")]
    [InlineData("regex:ü", "über", "*ber")]
    [InlineData("json:/a,regex:[0-9]+", """{"a":"x","b":7}""", """{"a":*,"b":*}""")]
    public void What_is_named_is_masked_and_all_else_stays_as_it_is(string ignore, string body, string masked) =>
        Assert.Equal(masked, Encoding.UTF8.GetString(Mask(ignore).Mask(Encoding.UTF8.GetBytes(body), Json).Span));

    [Theory]
    [InlineData("Date")]
    [InlineData("json:")]
    [InlineData("json:token")]
    [InlineData("json:/a~2")]
    [InlineData("header:")]
    [InlineData("header:a b")]
    [InlineData("cookie:a")]
    [InlineData("regex:")]
    [InlineData("regex:(")]
    [InlineData("regex:(?=a)")]
    [InlineData("json:/a,Date,json:")]
    public void What_is_none_of_the_forms_is_refused(string ignore)
    {
        Assert.Null(AnswerMask.TryParse(ignore, out var wrong));
        Assert.NotNull(wrong);
    }

    [Fact]
    public void Masks_of_the_same_items_have_the_same_id_in_whatever_order_they_were_written()
    {
        Assert.Equal(Mask("json:/a, header:Location").Id, Mask("header:Location,json:/a,json:/a").Id);
        Assert.NotEqual(Mask("json:/a").Id, Mask("json:/b").Id);
        Assert.Empty(Mask("").Items);
    }

    [Fact]
    public void A_pattern_takes_time_in_proportion_to_a_hostile_answer()
    {
        var body = Encoding.ASCII.GetBytes(new string('a', 200_000) + "!");

        var masked = Mask("regex:^(a+)+$").Mask(body, Json);

        Assert.True(masked.Span.SequenceEqual(body));
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_different()
    {
        var mask = Mask("regex:x");

        Assert.False(mask.Mask(new byte[] { 0xff, 1 }, Json).Span.SequenceEqual(mask.Mask(new byte[] { 0xfe, 1 }, Json).Span));
    }

    private static AnswerMask Mask(string ignore) => AnswerMask.TryParse(ignore, out var wrong) ?? throw new ArgumentException(wrong);
}
