using System.Diagnostics;
using System.Net;
using Compare.Wire;
using LoadTest.Measures;

namespace Compare.Load;

/// <summary>
/// A number of clients, each of which sends its next write when it has the answer to its last: what a system holds at most. With
/// several targets each client sends every write to all of them itself and waits for all.
/// </summary>
internal sealed class ClosedLoop(IReadOnlyList<IPEndPoint> targets, int clients, Request request, Ledger ledger) : IDisposable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(30);

    private readonly Poller _poller = new();
    private readonly Client[] _clients = [.. Enumerable.Range(0, clients).Select(_ => new Client(new Connection[targets.Count]))];
    private int _answered;
    private int _failed;
    private LatencyHistogram _latencies = new();

    /// <summary>Until the time is up or so many writes were sent; then waits for the last answers.</summary>
    public LoadResult Run(TimeSpan duration, int most = int.MaxValue)
    {
        (_answered, _failed, _latencies) = (0, 0, new LatencyHistogram());
        var begun = Stopwatch.GetTimestamp();
        var lastId = most == int.MaxValue ? most : ledger.LastId + most;
        var underWay = 0;
        for (var i = 0; i < _clients.Length && ledger.LastId < lastId; i++, underWay++)
        {
            Send(i);
        }

        while (underWay > 0)
        {
            foreach (var tag in _poller.Wait(LastAnswers))
            {
                var client = tag / targets.Count;
                if (!Read(client, tag % targets.Count))
                {
                    continue;
                }

                if (Stopwatch.GetElapsedTime(begun) < duration && ledger.LastId < lastId)
                {
                    Send(client);
                }
                else
                {
                    underWay--;
                }
            }

            if (Stopwatch.GetElapsedTime(begun) > duration + LastAnswers)
            {
                _failed += underWay;
                break;
            }
        }

        return new LoadResult(_answered, _failed, Stopwatch.GetElapsedTime(begun), _latencies);
    }

    public void Dispose()
    {
        foreach (var connection in _clients.SelectMany(client => client.Connections))
        {
            connection?.Dispose();
        }

        _poller.Dispose();
    }

    private void Send(int index)
    {
        var client = _clients[index];
        client.Id = ledger.NextId();
        client.SentAt = Stopwatch.GetTimestamp();
        client.Missing = targets.Count;
        client.HasFailed = false;
        var message = request.Build(client.Id);
        for (var target = 0; target < targets.Count; target++)
        {
            // A broken connection shows as readable, whatever was sent into it.
            _ = (client.Connections[target] ??= Open(index, target)).Send(message);
        }
    }

    private Connection Open(int index, int target)
    {
        var connection = Connection.Open(targets[target]);
        _poller.Add(connection.Socket, (index * targets.Count) + target);
        return connection;
    }

    // True where that was the client's last missing answer.
    private bool Read(int index, int target)
    {
        var client = _clients[index];
        var connection = client.Connections[target];
        if (connection is null)
        {
            return false;
        }

        if (!connection.Receive())
        {
            client.HasFailed = true;
            Close(client, target);
        }
        else if (HttpMessage.TryRead(connection.Read, out var answer))
        {
            // HTTP/1.1 2xx
            client.HasFailed |= connection.Read[9] != '2';
            connection.Take(answer.Length);
            if (answer.Closes)
            {
                Close(client, target);
            }
        }
        else
        {
            return false;
        }

        return client.Missing > 0 && --client.Missing == 0 && Finish(client);
    }

    private static void Close(Client client, int target)
    {
        client.Connections[target]?.Dispose();
        client.Connections[target] = null;
    }

    private bool Finish(Client client)
    {
        if (client.HasFailed)
        {
            _failed++;
        }
        else
        {
            _answered++;
            ledger.Acknowledge(client.Id);
            _latencies.Record(Stopwatch.GetElapsedTime(client.SentAt));
        }

        return true;
    }

    private sealed class Client(Connection?[] connections)
    {
        public Connection?[] Connections { get; } = connections;

        public int Id { get; set; }

        public long SentAt { get; set; }

        public int Missing { get; set; }

        public bool HasFailed { get; set; }
    }
}
