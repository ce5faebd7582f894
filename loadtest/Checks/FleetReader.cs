using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace LoadTest.Checks;

/// <summary>
/// Asks nodes at their admin ports, and their applications. One that refuses, hangs or talks nonsense is a result, never an exception;
/// only the caller's own cancellation is thrown. Thread-safe.
/// </summary>
/// <param name="secret">Empty: none is sent, and only nodes on this machine tell their status.</param>
internal sealed class FleetReader(string secret) : IDisposable
{
    private const int MostBytes = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AuthenticationHeaderValue? _bearer = secret.Length == 0 ? null : new("Bearer", secret);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        MaxResponseContentBufferSize = MostBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<Asked<NodeStatus>> StatusAsync(Address node, CancellationToken cancellation) =>
        AskAsync(new Uri(node.HttpUri, "/status"), _bearer, ProtocolJson.Default.NodeStatus, cancellation);

    public Task<Asked<StatusAt>> StatusAtAsync(Address node, long sequence, CancellationToken cancellation) =>
        AskAsync(new Uri(node.HttpUri, $"/status?at={sequence}"), _bearer, ProtocolJson.Default.StatusAt, cancellation);

    public Task<Asked<StateCounts>> CountsAsync(Uri application, CancellationToken cancellation) =>
        AskAsync(new Uri(application, "/state"), null, ApplicationJson.Default.StateCounts, cancellation);

    /// <param name="after">How many arrivals to skip.</param>
    public Task<Asked<LogPage>> LogAsync(Uri application, long after, CancellationToken cancellation) =>
        AskAsync(new Uri(application, $"/state/log?after={after}"), null, ApplicationJson.Default.LogPage, cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<Asked<T>> AskAsync<T>(Uri address, AuthenticationHeaderValue? bearer, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = bearer } };
            using var answer = await _http.SendAsync(request, deadline.Token);
            return answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync(type, deadline.Token) is { } value
                ? new Asked<T>(value, null)
                : new Asked<T>(null, $"{address} answered {(int)answer.StatusCode}", answer.StatusCode == HttpStatusCode.NotFound);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Asked<T>(null, $"{address} did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or InvalidOperationException)
        {
            return new Asked<T>(null, $"{address} could not be asked: {failure.Message}");
        }
    }
}
