using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A request as bytes, right or wrong, on a connection of its own: what no HTTP client would send. Lines end in CR LF
/// also where the test writes LF.
/// </summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient _connection = new() { NoDelay = true };
    private readonly List<byte> _read = [];

    private RawHttp()
    {
    }

    public static async Task<RawHttp> ConnectAsync(Uri address, CancellationToken cancellation)
    {
        var http = new RawHttp();
        await http._connection.ConnectAsync(address.Host, address.Port, cancellation);
        return http;
    }

    /// <summary>Sends one request and reads one answer.</summary>
    public static async Task<RawAnswer> AskAsync(Uri address, string request, CancellationToken cancellation)
    {
        using var http = await ConnectAsync(address, cancellation);
        await http.SendAsync(request, cancellation);
        return await http.ReadAsync(cancellation);
    }

    public async Task SendAsync(string text, CancellationToken cancellation) =>
        await SendAsync(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")), cancellation);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        await _connection.GetStream().WriteAsync(bytes, cancellation);

    /// <summary>Sends what the server no longer reads; that it hangs up meanwhile is no failure.</summary>
    /// <returns>How many bytes were taken.</returns>
    public async Task<long> SendUntilClosedAsync(Func<ReadOnlyMemory<byte>> piece, long most, CancellationToken cancellation)
    {
        long sent = 0;
        try
        {
            while (sent < most && !IsAnswered)
            {
                var bytes = piece();
                await SendAsync(bytes, cancellation);
                sent += bytes.Length;
            }
        }
        catch (IOException)
        {
        }

        return sent;
    }

    private bool IsAnswered => _connection.Available > 0;

    /// <summary>Reads an answer: its head, and as much body as its length says, all chunks (as they came), or until the connection ends.</summary>
    public async Task<RawAnswer> ReadAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        int end;
        while ((end = Text.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            Assert.True(await MoreAsync(deadline.Token), $"The connection ended without an answer: \"{Text}\"");
        }

        var lines = Text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase);
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var rest = end + 4;
        var isChunked = headers.ContainsKey("Transfer-Encoding");
        var length = status is < 200 or 204 or 304 ? 0 : headers.TryGetValue("Content-Length", out var stated) ? int.Parse(stated, CultureInfo.InvariantCulture) : int.MaxValue;
        while (isChunked ? !Text[rest..].EndsWith("0\r\n\r\n", StringComparison.Ordinal) : _read.Count - rest < length)
        {
            if (!await MoreAsync(deadline.Token))
            {
                break;
            }
        }

        var body = Text.Substring(rest, Math.Min(length, _read.Count - rest));
        _read.RemoveRange(0, rest + body.Length);
        return new RawAnswer(status, headers, body);
    }

    public void Dispose() => _connection.Dispose();

    private string Text => Encoding.Latin1.GetString([.. _read]);

    private async Task<bool> MoreAsync(CancellationToken cancellation)
    {
        var buffer = new byte[16 << 10];
        var count = await _connection.GetStream().ReadAsync(buffer, cancellation);
        _read.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }
}
