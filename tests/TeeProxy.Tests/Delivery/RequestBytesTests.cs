using System.Text;
using TeeChain.Protocol;
using TeeProxy.Delivery;
using TeeProxy.Requests;

namespace TeeProxy.Tests.Delivery;

/// <summary>The bytes that arrive at the application.</summary>
public sealed class RequestBytesTests : IAsyncDisposable
{
    private readonly Queue<string> _seen = new();
    private readonly RawApplication _application;
    private readonly Sender _sender;

    public RequestBytesTests()
    {
        _application = new RawApplication(async stream =>
        {
            while (await RawApplication.ReadAsync(stream) is { } request)
            {
                _seen.Enqueue(request);
                await RawApplication.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        _sender = new Sender(_application.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _application.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_are_the_recorded_head_and_what_belongs_to_the_delivery_and_the_body(bool isRedelivery)
    {
        var write = await RecordAsync("a=1\r\n\r\nb", new("Host", "shop.example"), new("x-NAME", "J\u00fcrgen: \t\"q\""), new("Cookie", "a"), new("Cookie", "b"), new("X-Empty", ""));

        Assert.IsType<DeliveryResult.Delivered>(await _sender.SendAsync(write, isRedelivery));

        var mark = isRedelivery ? "TeeChain-Redelivery: 1\r\n" : "";
        Assert.Equal(
            $"PATCH /a%2Fb?c=d HTTP/1.1\r\nHost: shop.example\r\nx-NAME: J\u00fcrgen: \t\"q\"\r\nCookie: a\r\nCookie: b\r\nX-Empty: \r\nContent-Length: 8\r\nTeeChain-Chain: {Sender.Chain}\r\nTeeChain-Sequence: 1\r\n{mark}\r\na=1\r\n\r\nb",
            _seen.Single());
    }

    [Theory]
    [InlineData("", "X-One: Host:\r\nHost: AUTHORITY\r\n", "X-One=Host:")]
    [InlineData("", "X-One: 1\r\nX-Two: 2\r\nHost: AUTHORITY\r\n", "X-One=1", "Host=", "X-Two=2")]
    [InlineData("", "X-Two: 2\r\nHost: AUTHORITY\r\n", "host=", "X-Two=2")]
    [InlineData("", "X-One: 1\r\nHost: AUTHORITY\r\n", "X-One=1", "HOST=")]
    [InlineData("", "Host: AUTHORITY\r\n", "Host=")]
    [InlineData("", "Host: AUTHORITY\r\n")]
    [InlineData("", "HOST: a\r\nX-Two: 2\r\n", "HOST=a", "X-Two=2")]
    [InlineData("", "Hosts: a\r\nX-Host: b\r\nHost: AUTHORITY\r\n", "Hosts=a", "X-Host=b")]
    [InlineData("body", "Host: AUTHORITY\r\n", "Host=")]
    public async Task A_host_that_the_client_named_stays_and_where_it_named_none_the_applications_own_stands(string body, string expected, params string[] headers)
    {
        var write = await RecordAsync(body, [.. headers.Select(header => header.Split('=')).Select(parts => new KeyValuePair<string, string>(parts[0], parts[1]))]);

        Assert.IsType<DeliveryResult.Delivered>(await _sender.SendAsync(write));

        var rest = $"Content-Length: {body.Length}\r\nTeeChain-Chain: {Sender.Chain}\r\nTeeChain-Sequence: 1\r\n\r\n{body}";
        Assert.Equal($"PATCH /a%2Fb?c=d HTTP/1.1\r\n{expected.Replace("AUTHORITY", _application.Address.ToString(), StringComparison.Ordinal)}{rest}", _seen.Single());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData((64 << 10) - 1, true)]
    [InlineData(64 << 10, true)]
    [InlineData((64 << 10) + 1, true)]
    [InlineData(256 << 10, true)]
    [InlineData((256 << 10) + 1, false)]
    [InlineData(3_000_000, false)]
    public async Task A_body_of_any_length_arrives_whole_from_memory_or_from_the_journal(int length, bool isInMemory)
    {
        var body = string.Concat(Enumerable.Range(0, (length / 8) + 1).Select(i => $"{i,8}"))[..length];
        var write = await RecordAsync(body, new KeyValuePair<string, string>("Host", "a"));

        Assert.Equal(isInMemory, write.Body is not null);
        Assert.IsType<DeliveryResult.Delivered>(await _sender.SendAsync(write));
        Assert.IsType<DeliveryResult.Delivered>(await _sender.SendAsync(write, isRedelivery: true, isAwaited: false));

        foreach (var request in _seen)
        {
            Assert.Contains($"\r\nContent-Length: {length}\r\n", request, StringComparison.Ordinal);
            Assert.Equal(body, request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        }

        Assert.Equal(2, _seen.Count);
    }

    [Fact]
    public void The_longest_that_can_be_added_fits()
    {
        var head = new RequestHead("POST", "/", []).Encode();
        var write = RecordedWrite.Kept(long.MaxValue, 0, head, long.MaxValue, () => Stream.Null);
        var authority = new string('h', 253) + ":65535";

        var bytes = new RequestBytes(authority).Build(write, Guid.Empty, isRedelivery: true, out var length, out var isBodyIn);

        Assert.False(isBodyIn);
        Assert.Equal(
            $"POST / HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {long.MaxValue}\r\n{HeaderNames.Chain}: {Guid.Empty}\r\n{HeaderNames.Sequence}: {long.MaxValue}\r\n{HeaderNames.Redelivery}: 1\r\n\r\n",
            Encoding.Latin1.GetString(bytes, 0, length));
    }

    private Task<RecordedWrite> RecordAsync(string body, params KeyValuePair<string, string>[] headers) =>
        _sender.RecordAsync(new RequestHead("PATCH", "/a%2Fb?c=d", headers), Encoding.Latin1.GetBytes(body));
}
