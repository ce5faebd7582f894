using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>With <c>--otlp</c> one trace shows a write on all nodes; a collector that does not take it changes nothing.</summary>
public sealed class TracingTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ClientSpan = "00f067aa0ba902b7";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_shows_a_write_on_all_nodes()
    {
        await using var collector = new Collector(Ports.Reserve().Next());
        await collector.StartAsync(Cancellation);
        await using var fleet = await Fleet.StartAsync(new FleetPlan { Adjust = (_, flags) => flags with { Others = ["--otlp", collector.Address] } }, Cancellation);

        Assert.Equal(201, await PostAsync(fleet.Address, "00-11111111111111111111111111111111-2222222222222222-00")); // its client does not want it traced
        Assert.Equal(201, await PostAsync(fleet.Address, $"00-{Trace}-{ClientSpan}-01"));

        await Eventually.NothingWrongAsync(
            () => Task.FromResult(collector.Spans.Count >= 9 ? null : string.Join(", ", collector.Spans)), "all spans have come", Cancellation);
        Assert.Empty(collector.Wrong);
        var spans = collector.Spans.ToArray();
        Assert.All(spans, span => Assert.Equal(("teeproxy", Trace), (span.Service, span.Trace)));
        var ingress = Assert.Single(spans, span => span.Name == "ingress POST");
        Assert.Equal((ClientSpan, "head", "/register", "201"), (ingress.Parent, ingress.Tags["teechain.role"], ingress.Tags["url.path"], ingress.Tags["http.response.status_code"]));
        Assert.All(spans.Where(span => span != ingress), span => Assert.Equal((ingress.Id, ingress.Tags["teechain.sequence"]), (span.Parent, span.Tags["teechain.sequence"])));
        Assert.DoesNotContain(spans, span => span.Tags.Values.Any(value => value.Contains("secret", StringComparison.Ordinal)));

        var status = await Task.WhenAll(fleet.Nodes.Select(node => node.StatusAsync(Cancellation)));
        string[][] expected = [["commit", "deliver POST", "hop", "ingress POST"], ["commit", "deliver POST", "hop"], ["commit", "deliver POST"]];
        Assert.Equal(expected, status.Select(node => spans.Where(span => span.Node == node.NodeId.ToString()).Select(span => span.Name).Order(StringComparer.Ordinal).ToArray()));
        Assert.All(spans, span => Assert.Equal((span.Node, true), (span.Tags["teechain.node"], span.Duration >= TimeSpan.Zero)));
    }

    [Theory]
    [Trait(Repository.When, Repository.OnlyInAll)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collector_that_is_down_or_hangs_changes_nothing(bool isHanging)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0); // takes connections, and says nothing
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        if (!isHanging)
        {
            silent.Stop();
        }

        await using var workshop = new Workshop();
        var app = workshop.App();
        var node = workshop.Node(app.Port);
        node.Flags = node.Flags with { Drain = TimeSpan.Zero, Others = ["--otlp", $"http://127.0.0.1:{port}"] };
        app.Start();
        node.Start();
        await node.ReadyAsync("write", Cancellation);

        var writes = await Burst.WriteAsync(node.Address, 200, Cancellation);
        var stopping = Stopwatch.GetTimestamp();
        node.Process.Send(Signal.Terminate);

        Assert.Equal(200, writes.Count);
        Assert.True(await node.Process.WaitExitAsync(Cancellation) == 0, node.Description);
        Assert.True(Stopwatch.GetElapsedTime(stopping) < TimeSpan.FromSeconds(5), node.Description);
    }

    private static async Task<int> PostAsync(Uri address, string traceparent)
    {
        using var form = new FormUrlEncodedContent([new("user", $"u{traceparent[3..9]}"), new("password", "secret")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/register?x=secret")) { Content = form, Headers = { { "traceparent", traceparent } } };
        return (await OneWrite.SendAsync(request, Cancellation)).Status;
    }
}
