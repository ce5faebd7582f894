using System.Collections.Concurrent;

namespace TeeChain.EndToEnd.Harness;

/// <summary>Clients that read the same path again and again, until so many reads are done or, without a number, until <see cref="CompleteAsync"/>.</summary>
internal sealed class ReadRun
{
    private readonly Load _load;
    private readonly string _path;
    private readonly int? _reads;
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<string, int> _bodies = new();
    private readonly Task[] _clients;
    private readonly CancellationToken _cancellation;
    private volatile bool _isCompleting;
    private int _started;
    private int _done;

    public ReadRun(Load load, string path, int? reads, CancellationToken cancellation)
    {
        (_load, _path, _reads, _cancellation) = (load, path, reads, cancellation);
        _clients = [.. Enumerable.Range(0, load.Connections).Select(client => Task.Run(() => ClientAsync(client), cancellation))];
    }

    public int Done => Volatile.Read(ref _done);

    /// <summary>What was answered with other than 2xx, or not at all.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>How often each body was answered; the sample application's greeting names the node.</summary>
    public IReadOnlyDictionary<string, int> Bodies => _bodies;

    public Task MoreDoneAsync(int count)
    {
        var until = Done + count;
        return Eventually.TrueAsync(() => Task.FromResult(Done >= until), $"{count} more reads are done", _cancellation, () => $"There are {Done}. {_load}");
    }

    public async Task CompleteAsync()
    {
        _isCompleting = true;
        await Task.WhenAll(_clients);
    }

    private async Task ClientAsync(int client)
    {
        var random = _load.RandomOf(client);
        while (_reads is { } reads ? Interlocked.Increment(ref _started) <= reads : !_isCompleting)
        {
            try
            {
                using var answer = await _load.Client.GetAsync(_path, _cancellation);
                var body = await answer.Content.ReadAsStringAsync(_cancellation);
                _bodies.AddOrUpdate(body, 1, (_, count) => count + 1);
                if (!answer.IsSuccessStatusCode)
                {
                    _failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {(int)answer.StatusCode} {body}");
                }
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException && !_cancellation.IsCancellationRequested)
            {
                _failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {broken.Message}");
            }

            Interlocked.Increment(ref _done);
            await _load.PauseAsync(random, _cancellation);
        }
    }
}
