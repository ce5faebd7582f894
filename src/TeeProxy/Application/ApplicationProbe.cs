using System.Net.Sockets;
using TeeChain.Protocol;

namespace TeeProxy.Application;

/// <summary>
/// Asks the local application whether it lives and writes the answer to <see cref="ApplicationHealth"/>. With a path, any
/// complete answer below 500 is life; without one, an accepted connection is. Program runs it.
/// </summary>
internal sealed partial class ApplicationProbe : IDisposable
{
    // An application that needs longer for its health page is not one to send clients to.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly Address _local;
    private readonly string? _path;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly ApplicationHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger<ApplicationProbe> _logger;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    // Written by StepAsync only.
    private bool _hasAsked;

    /// <param name="healthPath">Path with query; null to only connect.</param>
    /// <param name="interval">Time between questions; an answer must come within it, and within 2 s.</param>
    public ApplicationProbe(
        Address local, string? healthPath, TimeSpan interval, ApplicationHealth health, TimeProvider time, ILogger<ApplicationProbe> logger)
    {
        _local = local;
        _path = healthPath;
        _interval = interval;
        _timeout = interval < Longest ? interval : Longest;
        _health = health;
        _time = time;
        _logger = logger;
    }

    /// <summary>Asks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_interval, _time);
        do
        {
            await StepAsync(cancellation);
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Asks once, reports, and logs what has changed.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        var whyDown = await AskAsync(cancellation);
        var changed = whyDown is null ? _health.ReportUp() : _health.ReportDown(whyDown);
        if (whyDown is null && changed)
        {
            LogUp(_local);
        }
        else if (whyDown is not null && (changed || !_hasAsked))
        {
            LogDown(_local, whyDown);
        }

        _hasAsked = true;
    }

    public void Dispose() => _client.Dispose();

    // Null when it lives, else why not.
    private async Task<string?> AskAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return _path is null ? await ConnectAsync(either.Token) : await GetAsync(_path, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{Question} had no complete answer within {_timeout.TotalSeconds:0.###} s";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return $"{Question} failed: {exception.Message}";
        }
    }

    private string Question => _path is null ? $"connecting to {_local}" : $"GET {_path} of {_local}";

    private async Task<string?> ConnectAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_local.Host, _local.Port, cancellation);
        return null;
    }

    private async Task<string?> GetAsync(string path, CancellationToken cancellation)
    {
        // A connection of its own each time: it shows that new ones are accepted, and holds none of the application's workers.
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_local}{path}") { Headers = { ConnectionClose = true } };
        using var response = await _client.SendAsync(request, cancellation);
        await response.Content.CopyToAsync(Stream.Null, cancellation);
        return (int)response.StatusCode < 500 ? null : $"{Question} answered {(int)response.StatusCode}";
    }

    [LoggerMessage(LogLevel.Information, "The application at {Local} is up", EventName = "application_up")]
    private partial void LogUp(Address local);

    [LoggerMessage(LogLevel.Warning, "The application at {Local} is down: {Why}", EventName = "application_down")]
    private partial void LogDown(Address local, string why);
}
