using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Status;

/// <summary>Asks a registry once. That it refuses, hangs or talks nonsense is a result. Thread-safe.</summary>
/// <param name="wire">How it is reached where it says https; null: as the machine trusts.</param>
internal sealed class RegistryClient(Uri registry, ReadOnlyMemory<byte> secret, NodeWire? wire = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = (wire ?? NodeWire.Plain).ConnectAsync })
    {
        BaseAddress = registry,
        MaxResponseContentBufferSize = 4 << 20,
        Timeout = TimeSpan.FromSeconds(5),
        DefaultRequestHeaders = { Authorization = secret.IsEmpty ? null : new AuthenticationHeaderValue("Bearer", Encoding.UTF8.GetString(secret.Span)) },
    };

    public Task<Reply<FleetView>> ViewAsync(CancellationToken cancellation) => AskAsync(
        "/registry", text => JsonSerializer.Deserialize(text, RegistryJson.Default.FleetView), cancellation);

    /// <summary>What was counted of each worker, by its name.</summary>
    public Task<Reply<IReadOnlyDictionary<string, WorkerCounts>>> CountsAsync(CancellationToken cancellation) => AskAsync("/worker/stats", Counts, cancellation);

    public void Dispose() => _http.Dispose();

    // The shape of Statistics.StatsAnswer; the first of each list is the total.
    private static IReadOnlyDictionary<string, WorkerCounts> Counts(string text)
    {
        using var json = JsonDocument.Parse(text);
        var (successes, failures, averages) = (Read("SuccessfulRequests"), Read("FailedRequests"), Read("AverageResponseTime"));
        return successes.Keys.ToDictionary(name => name, name =>
        {
            var (good, bad) = ((long)successes[name], (long)failures.GetValueOrDefault(name));
            return new WorkerCounts(name, good, bad, (long)(averages.GetValueOrDefault(name) * (good + bad) * TimeSpan.TicksPerMillisecond));
        });

        Dictionary<string, double> Read(string list) =>
            json.RootElement.GetProperty(list).EnumerateArray().Skip(1).SelectMany(one => one.EnumerateObject()).ToDictionary(one => one.Name, one => one.Value.GetDouble());
    }

    private async Task<Reply<T>> AskAsync<T>(string path, Func<string, T?> read, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return answer.IsSuccessStatusCode && read(text) is { } value
                ? new Reply<T>(value, (int)answer.StatusCode, null)
                : new Reply<T>(null, (int)answer.StatusCode, $"the registry {registry} answers {path} with {(int)answer.StatusCode}: {text.Trim()}");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Reply<T>(null, null, $"the registry {registry} could not be asked: {e.Message}");
        }
    }
}
