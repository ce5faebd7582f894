using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Nodes;

/// <summary>
/// Asks nodes at their admin ports (<c>host:port</c>). A node that refuses, hangs or talks nonsense is a result, never an exception;
/// only the caller's own cancellation is thrown. It never promotes. Thread-safe.
/// </summary>
/// <param name="secret">The nodes' shared secret; empty: no Bearer is sent, and only reading on this machine is allowed.</param>
/// <param name="wire">Null: nodes speak without TLS.</param>
/// <param name="patience">How long a node may take over an ordinary answer; null: 3 s.</param>
internal sealed class NodeClient(ReadOnlyMemory<byte> secret, TimeSpan? patience = null, NodeWire? wire = null) : IDisposable
{
    private const int MostBytes = 4 << 20;

    private readonly string _scheme = (wire ?? NodeWire.Plain).Scheme;
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(3);
    private readonly AuthenticationHeaderValue? _bearer = secret.IsEmpty ? null : new("Bearer", Encoding.UTF8.GetString(secret.Span));

    // A node that comes back at the same address is another process: connections are not kept long.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = (wire ?? NodeWire.Plain).ConnectAsync,
    })
    {
        MaxResponseContentBufferSize = MostBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<Reply<NodeStatus>> StatusAsync(string admin, CancellationToken cancellation) =>
        AskAsync(admin, "/status", ProtocolJson.Default.NodeStatus, cancellation);

    public Task<Reply<StatusAt>> StatusAtAsync(string admin, long sequence, CancellationToken cancellation) =>
        AskAsync(admin, string.Create(CultureInfo.InvariantCulture, $"/status?at={sequence}"), ProtocolJson.Default.StatusAt, cancellation);

    /// <summary>A write and the node's answer to it. Takes the secret on this machine too.</summary>
    /// <param name="hasBody">Whether the beginning of the write's body is wanted.</param>
    public Task<Reply<AnswerReport>> AnswersAsync(string admin, long sequence, bool hasBody, CancellationToken cancellation) =>
        AskAsync(admin, string.Create(CultureInfo.InvariantCulture, $"/admin/answers/{sequence}{(hasBody ? "?body" : "")}"), ProtocolJson.Default.AnswerReport, cancellation);

    /// <summary>A probe: <c>/livez</c>, <c>/readyz/write</c>, <c>/readyz/write?founded</c>, <c>/readyz/read</c>, <c>/readyz/stale</c>.</summary>
    public async Task<Readiness> ReadyAsync(string admin, string probe, CancellationToken cancellation) =>
        await SendAsync(admin, HttpMethod.Get, probe, null, null, _patience, TextAsync, cancellation) is { IsOk: false, Why: var why } ? Readiness.No(why ?? "not ready") : Readiness.Yes;

    public Task<Reply<NextList>> NextAsync(string admin, CancellationToken cancellation) =>
        AskAsync(admin, "/admin/next", NodeJson.Default.NextList, cancellation);

    /// <summary>Replaces the successors, unless the list has another version by now (412).</summary>
    public Task<Reply<NextList>> SetNextAsync(string admin, long version, IReadOnlyList<string> next, CancellationToken cancellation) =>
        SendAsync(
            admin, HttpMethod.Put, "/admin/next", JsonSerializer.SerializeToUtf8Bytes(new NextWanted(next), NodeJson.Default.NextWanted), $"\"{version}\"",
            _patience, Json(NodeJson.Default.NextList), cancellation);

    /// <summary>Holds the writes of the chain whose head this is, until every application stands at the same record.</summary>
    /// <param name="lease">1 s to 10 min; also how long the answer may take.</param>
    public Task<Reply<HoldGrant>> HoldAsync(string admin, TimeSpan lease, CancellationToken cancellation) =>
        SendAsync(
            admin, HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/admin/hold?lease={(long)lease.TotalSeconds}s"), null, null,
            lease + _patience, Json(ProtocolJson.Default.HoldGrant), cancellation);

    /// <summary>Ends a hold. A value says that it stood until now; 409 that it did not.</summary>
    public Task<Reply<string>> ReleaseAsync(string admin, Guid token, CancellationToken cancellation) => PostAsync(admin, $"/admin/release?token={token}", cancellation);

    /// <summary>Said to the head: what that node, or what takes its place, still has.</summary>
    public Task<Reply<string>> DeclareAsync(string admin, Guid node, Declared state, CancellationToken cancellation) =>
        PostAsync(admin, $"/admin/nodes/{node}/declare?as={state.Text}", cancellation);

    /// <summary>Said to the head: that node is gone for good.</summary>
    public Task<Reply<string>> RemoveAsync(string admin, Guid node, CancellationToken cancellation) => PostAsync(admin, $"/admin/nodes/{node}/remove", cancellation);

    public void Dispose() => _http.Dispose();

    private Task<Reply<T>> AskAsync<T>(string admin, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class =>
        SendAsync(admin, HttpMethod.Get, path, null, null, _patience, Json(type), cancellation);

    private Task<Reply<string>> PostAsync(string admin, string path, CancellationToken cancellation) =>
        SendAsync(admin, HttpMethod.Post, path, null, null, _patience, TextAsync, cancellation);

    private async Task<Reply<T>> SendAsync<T>(
        string admin, HttpMethod method, string path, byte[]? body, string? ifMatch, TimeSpan patience,
        Func<HttpContent, CancellationToken, Task<T?>> read, CancellationToken cancellation)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        try
        {
            using var request = new HttpRequestMessage(method, $"{_scheme}://{admin}{path}") { Headers = { Authorization = _bearer } };
            if (method != HttpMethod.Get)
            {
                request.Content = new ByteArrayContent(body ?? []); // Empty too: without content SocketsHttpHandler may send it twice.
            }

            if (ifMatch is not null)
            {
                request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            }

            using var answer = await _http.SendAsync(request, deadline.Token);
            var status = (int)answer.StatusCode;
            return !answer.IsSuccessStatusCode ? new Reply<T>(null, status, (await TextAsync(answer.Content, deadline.Token))!.Trim())
                : await read(answer.Content, deadline.Token) is { } value ? new Reply<T>(value, status, null)
                : new Reply<T>(null, null, $"{admin} answered {path} with nothing");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Reply<T>(null, null, $"{admin} did not answer within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or InvalidOperationException or UriFormatException)
        {
            return new Reply<T>(null, null, $"{admin} could not be asked: {e.Message}");
        }
    }

    private static Func<HttpContent, CancellationToken, Task<T?>> Json<T>(JsonTypeInfo<T> type)
        where T : class =>
        (content, cancellation) => content.ReadFromJsonAsync(type, cancellation);

    private static async Task<string?> TextAsync(HttpContent content, CancellationToken cancellation) => await content.ReadAsStringAsync(cancellation);
}

/// <summary>What <c>PUT /admin/next</c> takes.</summary>
internal sealed record NextWanted(IReadOnlyList<string> Next);

/// <summary>The bodies of <c>/admin/next</c> as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NextList))]
[JsonSerializable(typeof(NextWanted))]
internal sealed partial class NodeJson : JsonSerializerContext;
