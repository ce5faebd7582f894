using System.Net;
using System.Net.Http.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeProxy.Tests.Status;

public class AdminEndpointsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Livez_is_ok_until_there_is_a_reason_against_it()
    {
        await using var port = await AdminPort.StartAsync();

        var before = await port.GetAsync("/livez");
        port.NotLive = "the journal is faulted: fdatasync failed";
        var after = await port.GetAsync("/livez");

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal("ok\n", await before.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, after.StatusCode);
        Assert.Equal("the journal is faulted: fdatasync failed\n", await after.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("/readyz/write")]
    [InlineData("/readyz/read")]
    [InlineData("/readyz/stale")]
    public async Task Each_readiness_is_told_by_its_own_path(string path)
    {
        await using var port = await AdminPort.StartAsync();
        Readiness Of(string name) => path.EndsWith(name, StringComparison.Ordinal) ? Readiness.Yes : Readiness.No("not " + name);
        Readiness Not(string name) => path.EndsWith(name, StringComparison.Ordinal) ? Readiness.No("not " + name) : Readiness.Yes;

        port.Current = SampleStatus.Replica with { Ready = new(Of("write"), Of("read"), Of("stale")) };
        var yes = await port.GetAsync(path);
        port.Current = SampleStatus.Replica with { Ready = new(Not("write"), Not("read"), Not("stale")) };
        var no = await port.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, yes.StatusCode);
        Assert.Equal("ready\n", await yes.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, no.StatusCode);
        Assert.Equal($"not {path.Split('/')[2]}\n", await no.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("head", true, HttpStatusCode.OK)]
    [InlineData("head", false, HttpStatusCode.ServiceUnavailable)]
    [InlineData("undecided", true, HttpStatusCode.ServiceUnavailable)]
    public async Task A_front_door_that_lists_every_node_asks_for_the_head_of_a_founded_chain(string role, bool isReady, HttpStatusCode founded)
    {
        await using var port = await AdminPort.StartAsync();
        port.Current = SampleStatus.Replica with { Role = role, Ready = new(isReady ? Readiness.Yes : Readiness.No("not yet"), Readiness.Yes, Readiness.Yes) };

        var asked = await port.GetAsync("/readyz/write?founded");
        var plain = await port.GetAsync("/readyz/write");

        Assert.Equal(founded, asked.StatusCode);
        Assert.Equal(isReady ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, plain.StatusCode);
    }

    [Fact]
    public async Task Status_is_the_nodes_status_as_json()
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.GetAsync("/status");

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var status = await response.Content.ReadFromJsonAsync(ProtocolJson.Default.NodeStatus, Cancellation);
        Assert.Equivalent(SampleStatus.Replica, status, strict: true);
    }

    [Fact]
    public async Task Status_at_a_sequence_is_asked_of_that_sequence()
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.GetAsync("/status?at=17");

        var at = await response.Content.ReadFromJsonAsync(ProtocolJson.Default.StatusAt, Cancellation);
        Assert.Equal(new StatusAt(17, true, 118, "0123abcd", "0123456789abcdef", null), at);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("%201")]
    [InlineData("9223372036854775808")]
    [InlineData("1&at=2")]
    public async Task Status_at_no_sequence_is_refused(string at)
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.GetAsync("/status?at=" + at);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Metrics_are_in_the_text_format()
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var metrics = ExpositionParser.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(120, metrics.Value("teechain_journal_last_sequence"));
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/livez/")]
    [InlineData("/Status")]
    [InlineData("/readyz/other")]
    [InlineData("/admin")]
    [InlineData("/admin/nothing")]
    public async Task What_is_not_there_is_404(string path)
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("/status", text, StringComparison.Ordinal);
        Assert.Contains("/admin/parked", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/livez", "GET, HEAD")]
    [InlineData("PUT", "/status", "GET, HEAD")]
    [InlineData("DELETE", "/", "GET, HEAD")]
    [InlineData("GET", "/admin/parked/17/retry", "POST")]
    public async Task A_wrong_method_is_405_and_says_which_are_right(string method, string path, string allowed)
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.SendAsync(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task Head_is_answered_like_get_without_a_body()
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.SendAsync(HttpMethod.Head, "/readyz/read");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_change_takes_the_token_even_on_loopback()
    {
        await using var port = await AdminPort.StartAsync();

        var without = await port.SendAsync(HttpMethod.Post, "/admin/parked/17/retry");
        var wrong = await port.SendAsync(HttpMethod.Post, "/admin/parked/17/retry", bearer: "wrong");
        var with = await port.SendAsync(HttpMethod.Post, "/admin/parked/17/retry", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        Assert.Equal(["/admin/parked/17/retry"], port.Acted);
    }

    [Fact]
    public async Task Off_loopback_the_token_opens_the_status()
    {
        await using var port = await AdminPort.StartAsync();
        port.Remote = IPAddress.Parse("10.0.0.9");

        var probe = await port.GetAsync("/readyz/read");
        var without = await port.GetAsync("/status");
        var with = await port.SendAsync(HttpMethod.Get, "/status", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Fact]
    public async Task A_foreign_name_is_misdirected()
    {
        await using var port = await AdminPort.StartAsync();

        var response = await port.SendAsync(HttpMethod.Get, "/status", host: "evil.example:9500");

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    public async Task What_a_proxy_on_this_machine_passes_on_is_not_from_loopback(string header)
    {
        await using var port = await AdminPort.StartAsync();
        port.Client.DefaultRequestHeaders.TryAddWithoutValidation(header, "1.1 outside");

        var response = await port.GetAsync("/status");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
