using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Registration;
using TeeProxy.Options;
using TeeProxy.Tls;

namespace TeeProxy.Registration;

/// <summary>
/// Tells the fleet's registry that this node is here, again and again, and at the end that it stops. A registry that is away,
/// hangs or refuses never disturbs the node: it is logged when it changes, and asked again. One announcement at a time.
/// </summary>
/// <param name="isStopping">Read anew for every announcement.</param>
/// <param name="tls">How this node connects; null: as the machine does.</param>
/// <param name="hasChain">Told whether the fleet has a chain, with every announcement that is taken.</param>
internal sealed partial class Announcer(
    NodeOptions options, RegistrationOptions registration, Func<bool> isStopping, Action<bool> hasChain, TimeProvider time, ILogger<Announcer> log, TlsConnector? tls = null) : IDisposable
{
    /// <summary>A third of the lease that the registry gives.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Shorter than what a restarted registry waits for who was there.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private const int NonceBytes = 16;
    private const int MostAnswerBytes = 16 << 10;
    private const int MostReasonChars = 300;

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30), ConnectCallback = tls is null ? null : tls.ConnectAsync })
    {
        MaxResponseContentBufferSize = MostAnswerBytes,
        Timeout = TimeSpan.FromSeconds(2),
    };

    // Both under _oneAtATime.
    private int _preferred;
    private string? _said;

    /// <summary>Ends when cancelled, and not before.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = Interval;
        while (!cancellation.IsCancellationRequested)
        {
            pause = await StepAsync(cancellation) || isStopping() ? Interval : pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;

            // Many nodes find a registry that comes back; they need not all come at once.
            await Task.Delay(pause * (0.9 + (Random.Shared.NextDouble() / 10)), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Announces this node once: to the registry that took it last, and then to the others in turn. Whether one took it; never throws.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        try
        {
            await _oneAtATime.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            return await AnnounceAsync(cancellation);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Announces once more, now that this node stops. Returns in time, whatever the registry does.</summary>
    public async Task FarewellAsync()
    {
        using var patience = new CancellationTokenSource(Interval, time);
        await StepAsync(patience.Token);
    }

    public void Dispose()
    {
        _http.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<bool> AnnounceAsync(CancellationToken cancellation)
    {
        List<string> refusals = [];
        foreach (var _ in registration.Registries)
        {
            var registry = registration.Registries[_preferred];
            if (await PostAsync(registry, cancellation) is not { } why)
            {
                Say(isStopping() ? null : $"registered at {registry} as {registration.Name}", LogLevel.Information);
                return true;
            }

            refusals.Add($"{registry} {why}");
            _preferred = (_preferred + 1) % registration.Registries.Count;
        }

        if (!cancellation.IsCancellationRequested)
        {
            Say(string.Join("; ", refusals.Order(StringComparer.Ordinal)), LogLevel.Warning);
        }

        return false;
    }

    /// <summary>Null when it was taken, else what became of it.</summary>
    private async Task<string?> PostAsync(Uri registry, CancellationToken cancellation)
    {
        try
        {
            using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Sign(), ProtocolJson.Default.Announcement));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await _http.PostAsync(new Uri(registry, "/register-worker"), body, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return answer.IsSuccessStatusCode ? Take(text) : $"refuses this node ({(int)answer.StatusCode}): {Reason(text)}";
        }
        catch (OperationCanceledException)
        {
            return "does not answer";
        }
        catch (JsonException)
        {
            return "answers as no registry does";
        }
        catch (Exception e)
        {
            return $"cannot be reached: {e.Message}";
        }
    }

    private string? Take(string answer)
    {
        if (JsonSerializer.Deserialize(answer, ProtocolJson.Default.Grant) is not { } grant)
        {
            return "took this node, and answered with nothing";
        }

        hasChain(grant.HasChain);
        return null;
    }

    private Announcement Sign() => AnnouncementSignature.Sign(
        new Announcement
        {
            Name = registration.Name,
            Address = registration.Local.ToString(),
            Teeproxy = options.Listen.Told.ToString(),
            Admin = options.Admin.Told.ToString(),
            IsLeaving = isStopping(),
            Time = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes)),
        },
        options.Secret.Span);

    /// <summary>A problem's detail (RFC 9457), else the text, on one line.</summary>
    private static string Reason(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            text = problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out var detail) ? detail.ToString() : text;
        }
        catch (JsonException)
        {
            // Not JSON: shown as it is.
        }

        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length <= MostReasonChars ? text : text[..MostReasonChars];
    }

    /// <summary>What is as it was is not said again.</summary>
    private void Say(string? state, LogLevel level)
    {
        if (state is not null && state != _said)
        {
            LogState(level, state);
        }

        _said = state ?? _said;
    }

    [LoggerMessage("Registration: {State}.", EventName = "registration")]
    private partial void LogState(LogLevel level, string state);
}
