using System.Net;
using System.Text;
using SampleApp.Bodies;

namespace SampleApp.Tests;

public sealed class BodyTests
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const string JsonType = "application/json";

    [Theory]
    [InlineData(FormType, "user=a%20b%2Bc+d&password=p%26q", "a b+c d", "p&q")]
    [InlineData(FormType, "x=1&password=100%&us%65r=al%zz", "al%zz", "100%")]
    [InlineData(FormType, "user=%C3%A9&password=x=y&&", "é", "x=y")]
    [InlineData(JsonType, """{"x":[1,{"user":"no"}],"user":"al\u00e9","password":"p"}""", "alé", "p")]
    public async Task User_and_password_are_read(string type, string body, string user, string password)
    {
        await using var server = await SampleServer.StartAsync();

        var registered = await server.SendAsync("/register", Content(type, body));

        var login = await server.GetAsync($"/login?user={Uri.EscapeDataString(user)}&password={Uri.EscapeDataString(password)}");
        Assert.Equal(201, registered.Status);
        Assert.Equal(200, login.Status);
    }

    [Theory]
    [InlineData(FormType, "", "user is missing")]
    [InlineData(FormType, "user=&password=x", "user is missing")]
    [InlineData(FormType, "user=a", "password is missing")]
    [InlineData(FormType, "User=a&password=b", "user is missing")]
    [InlineData(FormType, "user=a&user=b&password=x", "user and password may be given once")]
    [InlineData(FormType, "user=%ff&password=x", "the form is not UTF-8")]
    [InlineData(JsonType, """{"user":"a"}""", "password is missing")]
    [InlineData(JsonType, """{"user":"a","user":"b","password":"x"}""", "the body is not a JSON object with the texts user and password")]
    [InlineData(JsonType, """{"user":"a","password":"\ud800"}""", "the body is not a JSON object with the texts user and password")]
    [InlineData(JsonType, """{"user":5,"password":"x"}""", "the body is not a JSON object with the texts user and password")]
    [InlineData(JsonType, """{"user":"a","passw""", "the body is not a JSON object with the texts user and password")]
    public async Task A_body_without_both_fields_is_refused_with_the_reason(string type, string body, string reason)
    {
        await using var server = await SampleServer.StartAsync();

        var answer = await server.SendAsync("/register", Content(type, body));

        Assert.Equal((400, reason), answer);
    }

    [Fact]
    public async Task A_user_that_is_too_long_is_refused()
    {
        await using var server = await SampleServer.StartAsync();

        var longest = await server.RegisterAsync(new string('a', CredentialsReader.LongestUser));
        var longer = await server.RegisterAsync(new string('a', CredentialsReader.LongestUser + 1));

        Assert.Equal(201, longest.Status);
        Assert.Equal(400, longer.Status);
    }

    [Fact]
    public async Task A_multipart_form_is_read()
    {
        await using var server = await SampleServer.StartAsync();
        using var form = new MultipartFormDataContent { { new StringContent("alice"), "user" }, { new StringContent("a"), "password" } };

        var answer = await server.SendAsync("/register", form);

        Assert.Equal((201, """{"user":"alice","version":1}"""), answer);
    }

    [Fact]
    public async Task Another_media_type_is_refused()
    {
        await using var server = await SampleServer.StartAsync();

        var answer = await server.SendAsync("/register", Content("application/xml", "<user/>"));

        Assert.Equal(415, answer.Status);
    }

    [Theory]
    [InlineData(FormType, "user=alice&pad=", "&password=x")]
    [InlineData(JsonType, """{"user":"alice","pad":" """, """ ","password":"x"}""")]
    public async Task Thirty_three_megabytes_are_taken(string type, string start, string end)
    {
        await using var server = await SampleServer.StartAsync();

        var answer = await server.SendAsync("/register", Content(type, start + new string('a', 33 << 20) + end));

        Assert.Equal(201, answer.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_above_the_limit_is_refused(bool isLengthKnown)
    {
        await using var server = await SampleServer.StartAsync();
        var bytes = new byte[BodyReader.MaxBodyBytes + 1];
        HttpContent body = isLengthKnown ? new ByteArrayContent(bytes) : new UnknownLength(bytes);

        var answer = await server.SendAsync("/register", body);

        Assert.Equal(413, answer.Status);
    }

    private static StringContent Content(string type, string body) => new(body, Encoding.UTF8, type);

    private sealed class UnknownLength(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
