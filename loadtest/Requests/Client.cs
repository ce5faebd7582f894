using System.Net.Http.Headers;

namespace LoadTest.Requests;

/// <summary>What came of a request: a status and, of a write, a body; or why there is none.</summary>
internal readonly record struct Answer(int Status, byte[] Body, string? Failure)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>In one of few texts; null for a success.</summary>
    public string? WhyNot => Failure ?? (IsSuccess ? null : $"status {Status}");
}

/// <summary>HTTP/1.1 over kept connections. What fails is an answer with a failure, never an exception. Thread-safe.</summary>
internal sealed class Client : IDisposable
{
    // Below the 1,024 descriptors that an ordinary user has; requests beyond wait for a connection, and their latency shows it.
    private const int MostConnections = 512;

    // What a server that answers nothing may cost in memory: some 100 MB.
    private const int MostUnderWay = 20_000;

    // An answer to a write is a few bytes; who sends more is not what is tested here.
    private const int MostBodyBytes = 1 << 20;

    // Longer than HAProxy waits for a server (20 s), so that its answer comes first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly MediaTypeHeaderValue Form = new("application/x-www-form-urlencoded");

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = MostConnections,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    private int _underWay;

    public Task<Answer> GetAsync(Uri address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, address), keepBody: false);

    // With a body SocketsHttpHandler never sends a request twice by itself.
    public Task<Answer> PostAsync(Uri address, byte[] form) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(form) { Headers = { ContentType = Form } } }, keepBody: true);

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpRequestMessage request, bool keepBody)
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            if (Interlocked.Increment(ref _underWay) > MostUnderWay)
            {
                return new Answer(0, [], $"not sent, because {MostUnderWay} were under way");
            }

            using (request)
            using (var response = await _http.SendAsync(request, deadline.Token))
            {
                // Read to its end, or the connection could not be used again.
                byte[] body = [];
                if (keepBody)
                {
                    await response.Content.LoadIntoBufferAsync(MostBodyBytes, deadline.Token);
                    body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
                }
                else
                {
                    await response.Content.CopyToAsync(Stream.Null, deadline.Token);
                }

                return new Answer((int)response.StatusCode, body, null);
            }
        }
        catch (OperationCanceledException)
        {
            return new Answer(0, [], $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            return new Answer(0, [], $"{failure.HttpRequestError}");
        }
        catch (IOException)
        {
            return new Answer(0, [], "the connection broke");
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
