using System.Net.Sockets;
using System.Text;

namespace TeeProxy.Tests.Ingress;

/// <summary>An HTTP client that sends what it is told, byte for byte, and keeps its connection.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>The next answer, framed by its length, its chunks, or the connection's end.</summary>
    public async Task<RawAnswer> ReceiveAsync(bool isHead = false)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await TakeAsync(1) is [var one] ? one : throw new EndOfStreamException($"closed after \"{head}\"")));
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var status = int.Parse(lines[0].Split(' ')[1], null);
        var headers = lines[1..].Select(line => line.Split(": ", 2)).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1])).ToArray();
        var answer = new RawAnswer(status, lines[0], headers, "");
        if (isHead || status is 100 or 101 or 204 or 304)
        {
            return answer;
        }

        return answer with { Body = Encoding.Latin1.GetString(await BodyAsync(answer)) };
    }

    public async Task<bool> IsClosedByServerAsync() => (await TakeAsync(1)).Length == 0;

    /// <summary>Gone without a good-bye: the other side sees a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _stream.Dispose();

    public async Task<byte[]> TakeAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var bytes = new byte[count];
        var taken = await _stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, patience.Token);
        return bytes[..taken];
    }

    private async Task<byte[]> BodyAsync(RawAnswer answer)
    {
        if (answer["Content-Length"] is { } length)
        {
            return await TakeAsync(int.Parse(length, null));
        }

        var body = new MemoryStream();
        if (answer["Transfer-Encoding"] is not null)
        {
            while (Convert.ToInt32(await LineAsync(), 16) is > 0 and var size)
            {
                body.Write(await TakeAsync(size));
                await LineAsync();
            }

            await LineAsync();
            return body.ToArray();
        }

        while (await TakeAsync(1) is [var one])
        {
            body.WriteByte(one);
        }

        return body.ToArray();
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            line.Append((char)(await TakeAsync(1))[0]);
        }

        return line.ToString().TrimEnd();
    }
}

internal sealed record RawAnswer(int Status, string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public string? this[string name] =>
        Headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            ? string.Join(", ", Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value))
            : null;
}
