using System.Collections.Concurrent;
using System.Net;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// Clients that write, each on a connection of its own: register a user, change its password, then the next user. Goes on
/// until so many writes are acknowledged and <see cref="CompleteAsync"/> is called, so that a test can count its way
/// through the middle of it.
/// </summary>
internal sealed class WriteRun
{
    private readonly Load _load;
    private readonly int _writes;
    private readonly ConcurrentQueue<ClientWrite> _done = new();
    private readonly Task[] _clients;
    private readonly CancellationToken _cancellation;
    private volatile bool _isCompleting;
    private int _started;
    private int _acknowledged;

    public WriteRun(Load load, int writes, CancellationToken cancellation)
    {
        (_load, _writes, _cancellation) = (load, writes, cancellation);
        _clients = [.. Enumerable.Range(0, load.Connections).Select(client => Task.Run(() => ClientAsync(client), cancellation))];
    }

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>The writes whose fate is known by now.</summary>
    public IReadOnlyCollection<ClientWrite> Done => _done;

    /// <summary>Waits until so many writes are acknowledged; fails when the load ends before.</summary>
    public Task AcknowledgedAsync(int count) => Eventually.TrueAsync(
        () => Task.FromResult(Acknowledged >= count), $"{count} writes are acknowledged", _cancellation, () => $"There are {Acknowledged}. {_load}");

    /// <summary>Waits until so many more are acknowledged: whatever was broken is crossed.</summary>
    public Task MoreAcknowledgedAsync(int count) => AcknowledgedAsync(Acknowledged + count);

    /// <summary>Ends the load once it has done its share.</summary>
    public async Task<IReadOnlyList<ClientWrite>> CompleteAsync()
    {
        _isCompleting = true;
        await Task.WhenAll(_clients);
        return [.. _done];
    }

    private async Task ClientAsync(int client)
    {
        var random = _load.RandomOf(client);
        for (var user = 0; ; user++)
        {
            var name = $"s{_load.Seed}-c{client}-u{user}";
            foreach (var kind in (string[])["register", "changePassword"])
            {
                if (!TakeTurn())
                {
                    return;
                }

                var write = await WriteAsync(name, kind, random);
                _done.Enqueue(write);
                if (write.Fate == Fate.Acknowledged)
                {
                    Interlocked.Increment(ref _acknowledged);
                }
                else
                {
                    break; // What is not known to be registered is not changed.
                }

                await _load.PauseAsync(random, _cancellation);
            }
        }
    }

    // Exactly so many when it is completed from the start; else as many as come while the test goes on.
    private bool TakeTurn() => Interlocked.Increment(ref _started) <= _writes || !_isCompleting;

    private async Task<ClientWrite> WriteAsync(string user, string kind, Random random)
    {
        var until = DateTime.UtcNow + Eventually.Deadline;
        while (true)
        {
            var (fate, detail) = await SendAsync(user, kind, random);
            if (fate != Fate.Refused || !_load.IsRetrying || DateTime.UtcNow > until)
            {
                return new ClientWrite(user, kind, fate, detail);
            }

            await Task.Delay(random.Next(50, 150), _cancellation);
        }
    }

    private async Task<(Fate Fate, string Detail)> SendAsync(string user, string kind, Random random)
    {
        using var form = new FormUrlEncodedContent([new("user", user), new("password", $"{random.NextInt64():x}")]);
        try
        {
            using var answer = await _load.Client.PostAsync($"/{kind}", form, _cancellation);
            var body = await answer.Content.ReadAsStringAsync(_cancellation);
            return (Judge(answer, body), answer.IsSuccessStatusCode ? "" : $"{(int)answer.StatusCode} {body}");
        }
        catch (HttpRequestException broken) when (broken.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return (Fate.Refused, broken.Message);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException && !_cancellation.IsCancellationRequested)
        {
            return (Fate.Ambiguous, broken.Message);
        }
    }

    // teeproxy and haproxy.cfg say it in the same words.
    private static Fate Judge(HttpResponseMessage answer, string body) =>
        answer.IsSuccessStatusCode ? Fate.Acknowledged
        : body.Contains("Nothing was recorded", StringComparison.Ordinal) ? Fate.Refused
        : answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict ? Fate.Declined
        : Fate.Ambiguous;
}
