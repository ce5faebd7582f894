using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LoadTest.Tests;

/// <summary>Answers each connection's first request with the bytes that are given for its path, and closes it.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string, string> _answerTo;
    private readonly Task _serving;

    /// <param name="answer">Whatever is asked.</param>
    public RawServer(string answer)
        : this(_ => answer)
    {
    }

    public RawServer(Func<string, string> answerTo)
    {
        _answerTo = answerTo;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public const string NotFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _listener.Stop();
    }

    private async Task ServeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync(_stopping.Token);
                await AnswerAsync(connection.GetStream());
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The client has enough, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream connection)
    {
        var request = new byte[4096];
        var length = await connection.ReadAtLeastAsync(request, 1, throwOnEndOfStream: false, _stopping.Token);
        var path = Encoding.ASCII.GetString(request, 0, length).Split(' ').ElementAtOrDefault(1) ?? "";
        await connection.WriteAsync(Encoding.UTF8.GetBytes(_answerTo(path)), _stopping.Token);
    }
}
