using System.Diagnostics;
using System.Net.Http.Json;
using TeeProxy.Tests.Ingress;
using TeeProxy.Tracing;

namespace TeeProxy.Tests.Tracing;

/// <summary>What ingress tells of a write, and what it records of its trace.</summary>
[Collection(Listening.Name)]
public sealed class IngressSpanTests
{
    private const string Client = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_span_goes_on_with_the_clients_trace_and_is_recorded_in_the_place_of_the_clients()
    {
        using var listener = new Listener();
        await using var door = await Door.OpenAsync();

        await PostAsync(door, "/a?b=c", ("TraceParent", Client), ("tracestate", "x=1"));

        var (write, span) = (Assert.Single(door.Writes), await listener.EndedAsync(span => span.Kind == ActivityKind.Server));
        Assert.Equal((span.Id, "x=1"), (write["traceparent"], write["tracestate"]));
        Assert.Equal(Client[..52], $"00-{span.TraceId}-{span.ParentSpanId}");
        Assert.Equal(
            "http.request.method=POST url.path=/a url.scheme=http network.protocol.version=1.1 server.address=127.0.0.1",
            string.Join(' ', span.Tags.Where(tag => tag.Key != "teechain.sequence").Select(tag => $"{tag.Key}={tag.Value}")));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        var commit = await listener.EndedAsync(span => span.OperationName == "commit");
        Assert.Equal((span.SpanId, (object)1L), (commit.ParentSpanId, commit.GetTagItem("teechain.sequence")));
        Assert.InRange(commit.Duration, TimeSpan.Zero, span.Duration);
    }

    [Theory]
    [InlineData()]
    [InlineData("00-0-0-01")]
    [InlineData(Client, Client)]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    public async Task Without_a_good_parent_a_trace_begins_here(params string[] parents)
    {
        using var listener = new Listener();
        await using var door = await Door.OpenAsync();

        await PostAsync(door, "/", [.. parents.Select(parent => ("traceparent", parent)), ("tracestate", "x=1")]);

        var (write, span) = (Assert.Single(door.Writes), await listener.EndedAsync(span => span.Kind == ActivityKind.Server));
        Assert.Equal((span.Id, null), (write["traceparent"], write["tracestate"]));
        Assert.Equal((default, false), (span.ParentSpanId, Client.Contains(span.TraceId.ToString(), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_is_a_span_too_and_nothing_is_recorded()
    {
        using var listener = new Listener();
        await using var door = await Door.OpenAsync();
        door.IsClosed = true;

        await PostAsync(door, "/");

        var span = await listener.EndedAsync(_ => true);
        Assert.Equal((503, "503", ActivityStatusCode.Error), (span.GetTagItem("http.response.status_code"), span.GetTagItem("error.type"), span.Status));
        Assert.Empty(door.Writes);
    }

    [Fact]
    public async Task Where_nobody_listens_the_clients_own_is_recorded()
    {
        Assert.False(Spans.AreWanted);
        await using var door = await Door.OpenAsync();

        await PostAsync(door, "/", ("traceparent", Client), ("tracestate", "x=1"));

        var write = Assert.Single(door.Writes);
        Assert.Equal((Client, "x=1"), (write["traceparent"], write["tracestate"]));
    }

    private static async Task PostAsync(Door door, string target, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{door.Port}{target}") { Content = JsonContent.Create(1) };
        foreach (var header in headers.GroupBy(header => header.Name))
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Select(one => one.Value));
        }

        using var answer = await client.SendAsync(request, Cancellation);
        await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
