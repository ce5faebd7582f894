using System.Globalization;
using TeeProxy.Chain;

namespace TeeProxy.Tls;

/// <summary>
/// Has new handshakes use what the files hold now: they are read every 10 s, and at once when asked. Files that do not fit together
/// change nothing; that is said once, and stands in <see cref="Problem"/> until it is mended. Connections are left alone.
/// </summary>
/// <remarks>The files are read and not only looked at: where they are links, their times may stay the same.</remarks>
internal sealed partial class CredentialsWatch(Credentials first, TimeProvider time, ILogger<CredentialsWatch> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A certificate and its key are two files: one may be new already and the other not yet.</summary>
    private static readonly TimeSpan BetweenTwoFiles = TimeSpan.FromSeconds(1);

    private readonly Following<string> _asked = new("");
    private volatile Credentials _current = first; // written by the step alone, like the next
    private volatile string? _problem;

    /// <summary>For the next handshake.</summary>
    public Credentials Current => _current;

    /// <summary>Why the files are not in use, or that the certificate has expired; null when all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Reads the files now. Thread-safe.</summary>
    public void Ask() => _asked.Publish($"{Guid.NewGuid()}");

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var before = _asked.Current;
            await StepAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // throws when cancelled, and not else
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(Task.Delay(Interval, time, pause.Token), _asked.WaitAsync(now => now != before, pause.Token));
            await pause.CancelAsync();
        }
    }

    /// <summary>Reads the files once.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        if (TryReplace() is not null)
        {
            await Task.Delay(BetweenTwoFiles, time, cancellation);
        }

        Say(TryReplace() is { } fault ? $"the certificate stays as it is: {fault}" : Expired());
    }

    private TlsFault? TryReplace()
    {
        var files = _current.Files;
        if (files.Read(out var fault) is not { } texts || texts == _current.Texts || Credentials.From(files, texts, out fault) is not { } replacing)
        {
            return fault;
        }

        _current = replacing;
        LogReplaced(files.Certificate, replacing.Expires);
        return null;
    }

    private string? Expired() => _current.Expires > time.GetUtcNow() ? null
        : string.Create(CultureInfo.InvariantCulture, $"the certificate {_current.Files.Certificate} expired at {_current.Expires:u}: put another there, no restart is needed");

    private void Say(string? problem)
    {
        if (problem is not null && problem != _problem)
        {
            LogProblem(problem);
        }

        _problem = problem;
    }

    [LoggerMessage(LogLevel.Information, "The certificate was replaced by what {File} holds now; it expires at {Expires:u}.")]
    private partial void LogReplaced(string file, DateTimeOffset expires);

    [LoggerMessage(LogLevel.Warning, "TLS: {Problem}.")]
    private partial void LogProblem(string problem);
}
