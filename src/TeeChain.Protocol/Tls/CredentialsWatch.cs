namespace TeeChain.Protocol.Tls;

/// <summary>
/// Has new handshakes use what the files hold now: they are read every 10 s, and at once when asked. Files that do not fit together
/// change nothing; that is said once, and stands in <see cref="Problem"/> until it is mended. Connections are left alone.
/// </summary>
/// <remarks>The files are read and not only looked at: where they are links, their times may stay the same.</remarks>
/// <param name="replaced">Told what took the place of what was in use.</param>
/// <param name="problem">Told what <see cref="Problem"/> says, once.</param>
public sealed class CredentialsWatch(Credentials first, Action<Credentials> replaced, Action<string> problem, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A certificate and its key are two files: one may be new already and the other not yet.</summary>
    private static readonly TimeSpan BetweenTwoFiles = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Credentials _current = first; // written by the step alone, like the next
    private volatile string? _problem;

    /// <summary>For the next handshake.</summary>
    public Credentials Current => _current;

    /// <summary>Why the files are not in use, or that the certificate has expired; null when all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Has the files be read now. Thread-safe.</summary>
    public void Ask() => Volatile.Read(ref _asked).TrySetResult();

    /// <summary>Ends when cancelled, and not before.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await StepAsync(cancellation);
                var asked = Volatile.Read(ref _asked).Task;
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                if (await Task.WhenAny(Task.Delay(Interval, time, pause.Token), asked) == asked)
                {
                    Volatile.Write(ref _asked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                await pause.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Reads the files once, and a second time where they do not fit together.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        if (TryReplace() is not null)
        {
            await Task.Delay(BetweenTwoFiles, time, cancellation);
        }

        Say(TryReplace() is { } fault ? $"the certificate stays as it was: {fault}" : Expired());
    }

    private TlsFault? TryReplace()
    {
        var files = _current.Files;
        if (files.Read(out var fault) is not { } texts || texts == _current.Texts || Credentials.From(files, texts, out fault) is not { } replacing)
        {
            return fault;
        }

        var now = time.GetUtcNow();
        if (replacing.NotAt(now) is { } why && _current.NotAt(now) is null)
        {
            return new TlsFault(TlsFault.CertificateFlag, files.Certificate, why, "allowed: one that is valid, as the one in use is");
        }

        _current = replacing;
        replaced(replacing);
        return null;
    }

    private string? Expired() => _current.NotAt(time.GetUtcNow()) is { } why
        ? $"the certificate {_current.Files.Certificate} {why}; put another there, no restart is needed"
        : null;

    private void Say(string? now)
    {
        if (now is not null && now != _problem)
        {
            problem(now);
        }

        _problem = now;
    }
}
