using TeeChain.Fleet.Nodes;

namespace TeeChain.Fleet.Registry;

/// <summary>Passes announcements on to the registry elsewhere, and its answers back, as they are: they are signed for it, not for us.</summary>
/// <param name="registry">Its admin port.</param>
/// <param name="wire">How it is reached where it says https; null: as the machine trusts.</param>
internal sealed class RemoteDesk(Uri registry, NodeWire? wire = null) : IAnnouncementDesk, IDisposable
{
    /// <summary>Said to whom it is passed on, so that two front doors that name each other do not pass it on for ever.</summary>
    private const string Own = "1.1 teechain-registry";

    private const int MostAnswerBytes = 16 << 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = (wire ?? NodeWire.Plain).ConnectAsync,
    })
    {
        MaxResponseContentBufferSize = MostAnswerBytes,
        Timeout = TimeSpan.FromSeconds(2), // as long as a node waits for its answer
    };

    public async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (context.Request.Headers.Via.Contains(Own))
        {
            await RegistryAnswer.ProblemAsync(context, 508, $"The registry is said to be at {registry}, which says that it is here: --registry-url must name the one registry.");
            return;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(registry, "/register-worker")) { Content = new ReadOnlyMemoryContent(body) };
            request.Headers.Add("Via", Own);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            using var answer = await _http.SendAsync(request, context.RequestAborted);
            var said = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            context.Response.ContentLength = said.Length;
            await context.Response.Body.WriteAsync(said, context.RequestAborted);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            await RegistryAnswer.ProblemAsync(
                context, 502, $"The registry at {registry} {(e is HttpRequestException ? $"cannot be reached: {e.Message}" : "does not answer")}. Announce this again, here or there.");
        }
    }

    public void Dispose() => _http.Dispose();
}
