using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TeeChain.Fleet.Nodes;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// The fleet as a registry elsewhere tells it, by long polls of <c>GET /registry</c>. While it cannot be reached, the last view
/// stands. Thread-safe; nothing is known before <see cref="RunAsync"/> runs.
/// </summary>
/// <param name="wire">How a registry is reached that says https; null: as the machine trusts.</param>
/// <param name="secret">For a registry that is not on this machine; empty: none is sent.</param>
internal sealed partial class RemoteFleet(Uri registry, ReadOnlyMemory<byte> secret, TimeProvider time, ILogger<RemoteFleet> log, NodeWire? wire = null) : IFleetSource, IDisposable
{
    private const int MostBytes = 4 << 20;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3), ConnectCallback = (wire ?? NodeWire.Plain).ConnectAsync })
    {
        BaseAddress = registry,
        MaxResponseContentBufferSize = MostBytes,
        Timeout = RegistryEndpoints.LongestPoll + TimeSpan.FromSeconds(10),
    };

    private readonly AuthenticationHeaderValue? _bearer = secret.IsEmpty ? null : new("Bearer", Encoding.UTF8.GetString(secret.Span));

    // Written by the loop alone.
    private readonly ViewFeed _feed = new(FleetView.Empty);
    private bool _isReached = true;

    public FleetView Current => _feed.Current;

    public Task<FleetView> ChangedAsync(long version, CancellationToken cancellation) => _feed.ChangedAsync(version, cancellation);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = ShortestPause;
        while (!cancellation.IsCancellationRequested)
        {
            if (await StepAsync(cancellation))
            {
                pause = ShortestPause;
                continue;
            }

            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Asks once, and waits for a change as long as the registry lets it. False when there was no answer that is of use.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/registry?after={Current.Version}") { Headers = { Authorization = _bearer } };
            using var answer = await _http.SendAsync(request, cancellation);
            answer.EnsureSuccessStatusCode();
            var view = await answer.Content.ReadFromJsonAsync(RegistryJson.Default.FleetView, cancellation)
                ?? throw new JsonException("the answer is empty");
            Take(view);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or OperationCanceledException or InvalidOperationException)
        {
            if (_isReached && !cancellation.IsCancellationRequested)
            {
                _isReached = false;
                LogLost(registry, e.Message);
            }

            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private void Take(FleetView view)
    {
        if (!_isReached)
        {
            _isReached = true;
            LogBack(registry);
        }

        if (Current.Version != view.Version)
        {
            _feed.Publish(view);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The registry {Registry} does not answer ({Why}); the fleet is taken to be as it was.", EventName = "registry_lost")]
    private partial void LogLost(Uri registry, string why);

    [LoggerMessage(LogLevel.Information, "The registry {Registry} answers again.", EventName = "registry_back")]
    private partial void LogBack(Uri registry);
}
