using System.Net;
using System.Net.WebSockets;

namespace TeeChain.EndToEnd.Harness;

/// <summary>An application of the test's own: echoes what comes over a WebSocket at <c>/echo</c>, in the subprotocol that is asked for.</summary>
internal sealed class EchoApplication : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public EchoApplication(int port)
    {
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var echoes = new List<Task>();
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                echoes.Add(EchoAsync(context));
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(echoes);
    }

    private static async Task EchoAsync(HttpListenerContext context)
    {
        if (!context.Request.IsWebSocketRequest || context.Request.Url?.AbsolutePath != "/echo")
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return;
        }

        try
        {
            var protocol = context.Request.Headers["Sec-WebSocket-Protocol"];
            using var socket = (await context.AcceptWebSocketAsync(protocol)).WebSocket;
            var buffer = new byte[16 << 10];
            while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } message)
            {
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, CancellationToken.None);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "goodbye", CancellationToken.None);
        }
        catch (Exception gone) when (gone is WebSocketException or HttpListenerException or IOException or ObjectDisposedException)
        {
        }
    }
}
