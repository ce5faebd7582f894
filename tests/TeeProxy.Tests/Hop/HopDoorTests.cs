using System.Net;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Tests.Hop;

public sealed class HopDoorTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false });
    private HopNode? _node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await HopNode.StartAsync(_data);

    public async ValueTask DisposeAsync()
    {
        await _node!.DisposeAsync();
        _client.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task The_right_upgrade_at_the_right_path_is_served()
    {
        using var answer = await AskAsync(HopEndpoint.Path, "teechain/1");

        Assert.Equal(HttpStatusCode.SwitchingProtocols, answer.StatusCode);
        Assert.Equal("teechain/1", answer.Headers.Upgrade.ToString());
    }

    [Theory]
    [InlineData("Via", "1.1 haproxy")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("Forwarded", "for=10.0.0.1")]
    public async Task What_came_through_a_proxy_is_refused(string header, string value)
    {
        using var answer = await AskAsync(HopEndpoint.Path, "teechain/1", (header, value));

        await AssertRefusedAsync(answer, HttpStatusCode.Forbidden, "came through a proxy");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/.teechain/HOP")]
    [InlineData("/.teechain/hop/")]
    public async Task The_hop_is_served_at_its_path_only(string path)
    {
        using var answer = await AskAsync(path, "teechain/1");

        await AssertRefusedAsync(answer, HttpStatusCode.Forbidden, "served at /.teechain/hop only");
    }

    [Theory]
    [InlineData("teechain/2")]
    [InlineData("websocket")]
    [InlineData(null)]
    public async Task Another_version_or_none_is_told_what_is_spoken_here(string? upgrade)
    {
        using var answer = await AskAsync(HopEndpoint.Path, upgrade);

        await AssertRefusedAsync(answer, HttpStatusCode.UpgradeRequired, "speaks 'teechain/1'");
    }

    [Fact]
    public async Task Any_versions_upgrade_is_kept_from_the_application()
    {
        using var answer = await AskAsync("/login", "TeeChain/7");

        await AssertRefusedAsync(answer, HttpStatusCode.Forbidden, "served at");
    }

    [Fact]
    public async Task Other_requests_are_not_the_hops()
    {
        using var answer = await AskAsync("/login", "websocket");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string? upgrade, (string Name, string Value)? header = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_node!.Address.HttpUri, path));
        if (upgrade is not null)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        }

        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, Cancellation);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string why)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(why, System.Text.RegularExpressions.Regex.Unescape(await answer.Content.ReadAsStringAsync(Cancellation)), StringComparison.Ordinal);
    }
}
