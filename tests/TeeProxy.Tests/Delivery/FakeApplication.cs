using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using TeeChain.Protocol;

namespace TeeProxy.Tests.Delivery;

/// <summary>A request as the application got it.</summary>
internal sealed record Seen(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public long Sequence => long.Parse(Headers[HeaderNames.Sequence], System.Globalization.CultureInfo.InvariantCulture);

    public bool IsMarked => Headers.TryGetValue(HeaderNames.Redelivery, out var value) && value == "1";
}

/// <summary>An application on a real Kestrel that remembers what it is sent and answers as a test says.</summary>
internal sealed class FakeApplication : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _inFlight;

    private FakeApplication(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        _server = builder.Build();
        _server.Run(ServeAsync);
    }

    public Address Address { get; private set; } = new("127.0.0.1", 1);

    public ConcurrentQueue<Seen> Seen { get; } = [];

    /// <summary>The most that were served at once.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>By default 200 without a body.</summary>
    public Func<HttpContext, Seen, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<FakeApplication> StartAsync(int port = 0)
    {
        var application = new FakeApplication(port);
        await application._server.StartAsync();
        application.Address = new Address("127.0.0.1", new Uri(application._server.Urls.Single()).Port);
        return application;
    }

    /// <summary>A port that nobody listens on for now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The n-th time that a sequence comes gets the n-th of these statuses; the last one stays.</summary>
    public void AnswerInTurn(params int[] statuses)
    {
        var times = new ConcurrentDictionary<long, int>();
        Answer = (context, seen) =>
        {
            var time = times.AddOrUpdate(seen.Sequence, 0, (_, before) => before + 1);
            context.Response.StatusCode = statuses[Math.Min(time, statuses.Length - 1)];
            return Task.CompletedTask;
        };
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        MostInFlight = Math.Max(MostInFlight, Interlocked.Increment(ref _inFlight));
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var seen = new Seen(
                context.Request.Method,
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray());
            Seen.Enqueue(seen);
            await Answer(context, seen);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}

/// <summary>An application whose every byte a test writes: what real ones do at their worst moments.</summary>
internal sealed class RawApplication : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<NetworkStream, Task> _serve;
    private readonly Task _accepting;

    /// <param name="serve">One connection; it is closed when this returns.</param>
    public RawApplication(Func<NetworkStream, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        Address = new Address("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    public Address Address { get; }

    /// <summary>Reads one request: its head, and the body that the head announces. Null when the connection ends instead.</summary>
    public static async Task<string?> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        var head = text.ToString();
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        var body = new byte[length is null ? 0 : int.Parse(length[16..], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return head + Encoding.Latin1.GetString(body);
    }

    public static ValueTask WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(client.GetStream());
            }
            catch (IOException)
            {
                // The node has gone.
            }
        }
    }
}
