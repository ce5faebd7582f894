using System.Net;
using System.Text;
using TeeChain.Protocol;
using TeeProxy.Chain;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class NextActionsTests : IAsyncLifetime
{
    private readonly Following<NextList> _next = new(new NextList(0, ["127.0.0.1:9001"]));
    private readonly TemporaryFolder _data = new();
    private AdminPort? _port;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AdminPort Port => _port!;

    public async ValueTask InitializeAsync() =>
        _port = await AdminPort.StartAsync([new("next", new NextActions(_next, _data.Folder, new Address("127.0.0.1", 9100)).Action)]);

    public async ValueTask DisposeAsync()
    {
        await Port.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task The_successors_are_shown_with_the_version_to_replace()
    {
        var response = await Port.SendAsync(HttpMethod.Get, "/admin/next", AdminPort.Secret);

        Assert.Equal("\"0\"", response.Headers.ETag?.Tag);
        Assert.Equal("""{"next":["127.0.0.1:9001"],"version":0}""", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_successors_are_replaced_durably()
    {
        var response = await PutAsync("\"0\"", """{"next": [":9002", "[::1]:9003"]}""");

        Assert.Equal((HttpStatusCode.OK, "\"1\""), (response.StatusCode, response.Headers.ETag?.Tag));
        Assert.Equal(["127.0.0.1:9002", "[::1]:9003"], _next.Current.Addresses);
        var durable = NextList.Load(_data.Folder, []);
        Assert.Equal(1, durable.Version);
        Assert.Equal(_next.Current.Addresses, durable.Addresses);
    }

    [Fact]
    public async Task A_node_is_made_the_tail_by_an_empty_list()
    {
        var response = await PutAsync("\"0\"", """{"next": []}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(_next.Current.Addresses);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.PreconditionRequired)]
    [InlineData("\"1\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("0", HttpStatusCode.PreconditionFailed)]
    public async Task Only_the_version_that_stands_is_replaced(string? match, HttpStatusCode status)
    {
        var response = await PutAsync(match, """{"next": [":9002"]}""");

        Assert.Equal(status, response.StatusCode);
        AssertNotReplaced();
    }

    [Fact]
    public async Task Of_two_that_replace_the_same_version_one_wins()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync("\"0\"", $$"""{"next": [":92{{i:00}}"]}""")));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, responses.Count(response => response.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(1, NextList.Load(_data.Folder, []).Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"next": ":9002"}""")]
    [InlineData("""{"next": [":9002"]""")]
    [InlineData("""{"next": [null]}""")]
    [InlineData("""{"next": ["nowhere"]}""")]
    [InlineData("""{"next": [":0"]}""")]
    [InlineData("""{"next": [":9002", "127.0.0.1:9002"]}""")]
    [InlineData("""{"next": [":9100"]}""")]
    public async Task What_is_no_list_of_other_nodes_is_refused(string body)
    {
        var response = await PutAsync("\"0\"", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertNotReplaced();
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        var response = await PutAsync("\"0\"", """{"next": [":9002"]}""" + new string(' ', 64 << 10));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertNotReplaced();
    }

    private void AssertNotReplaced()
    {
        Assert.Equal(["127.0.0.1:9001"], _next.Current.Addresses);
        Assert.Equal(0, NextList.Load(_data.Folder, []).Version);
    }

    private Task<HttpResponseMessage> PutAsync(string? match, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/admin/next") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", AdminPort.Secret);
        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        return Port.Client.SendAsync(request, Cancellation);
    }
}
