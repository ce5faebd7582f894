using System.Diagnostics;
using TeeProxy.Delivery;
using TeeProxy.Requests;
using TeeProxy.Tests.Delivery;

namespace TeeProxy.Tests.Tracing;

/// <summary>What delivery tells of an attempt, and what the application is told.</summary>
[Collection(Listening.Name)]
public sealed class DeliverySpanTests
{
    private const string Recorded = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Theory]
    [InlineData("traceparent")]
    [InlineData("TraceParent")]
    public async Task The_application_is_told_the_span_of_its_delivery_and_all_else_stays_as_recorded(string name)
    {
        using var listener = new Listener();
        await using var application = await FakeApplication.StartAsync();
        await using var sender = new Sender(application.Address);
        var body = $"x\r\n{name}: {Recorded}\r\n";
        var write = await sender.RecordAsync(new RequestHead("PUT", "/a?b=c", [new("X-A", $"{name}: {Recorded}"), new(name, Recorded), new("Host", "h")]), System.Text.Encoding.ASCII.GetBytes(body));

        await sender.SendAsync(write);

        var (span, seen) = (Assert.Single(listener.Ended), Assert.Single(application.Seen));
        Assert.Equal(Recorded[..52], $"00-{span.TraceId}-{span.ParentSpanId}");
        Assert.Equal((span.Id, $"{name}: {Recorded}", "h"), (seen.Headers[name], seen.Headers["X-A"], seen.Headers["Host"]));
        Assert.Equal(body, System.Text.Encoding.ASCII.GetString(seen.Body));
        Assert.Equal(("deliver PUT", ActivityKind.Client, "/a"), (span.OperationName, span.Kind, span.GetTagItem("url.path")));
        Assert.Equal((1L, 200), (span.GetTagItem("teechain.sequence"), span.GetTagItem("http.response.status_code")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")]
    [InlineData("nonsense")]
    public async Task A_write_of_no_trace_or_one_that_is_not_sampled_is_no_span_and_goes_out_as_recorded(string? traceparent)
    {
        using var listener = new Listener();
        await using var application = await FakeApplication.StartAsync();
        await using var sender = new Sender(application.Address);
        KeyValuePair<string, string>[] headers = traceparent is null ? [] : [new("traceparent", traceparent)];
        var write = await sender.RecordAsync(new RequestHead("POST", "/", headers), []);

        await sender.SendAsync(write);

        Assert.Empty(listener.Ended);
        Assert.Equal(traceparent, Assert.Single(application.Seen).Headers.GetValueOrDefault("traceparent"));
    }

    [Fact]
    public async Task An_attempt_that_is_not_sent_says_so()
    {
        using var listener = new Listener();
        await using var sender = new Sender(new("127.0.0.1", 1));
        var write = await sender.RecordAsync(new RequestHead("POST", "/", [new("traceparent", Recorded)]), []);

        Assert.IsType<DeliveryResult.Unsent>(await sender.SendAsync(write, isRedelivery: true));

        var span = Assert.Single(listener.Ended);
        Assert.Equal(("unsent", ActivityStatusCode.Error, true), (span.GetTagItem("error.type"), span.Status, span.GetTagItem("teechain.redelivery")));
    }
}
