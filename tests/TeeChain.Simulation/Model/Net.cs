namespace TeeChain.Simulation.Model;

/// <summary>
/// The network between the nodes: connections with frames in order and a delay of their own each, so that what an older
/// connection carries may arrive behind what a newer one does. A way that is cut delivers nothing until it is mended.
/// </summary>
internal sealed class Net(World world)
{
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly List<Connection> _connections = [];
    private readonly Dictionary<string, (int Index, Process Process, Action<End> Serve)> _listening = [];

    public void Listen(string address, int index, Process process, Action<End> serve)
    {
        _listening[address] = (index, process, serve);
        process.Died += () =>
        {
            _listening.Remove(address);
            foreach (var connection in _connections.FindAll(one => one.Touches(process)))
            {
                connection.Die(process);
            }
        };
    }

    public void Cut(int from, int to) => _cut.Add((from, to));

    public void Mend(int from, int to) => _cut.Remove((from, to));

    public void MendAll() => _cut.Clear();

    /// <summary>A connection is reset: what was on its way may be lost.</summary>
    public void Reset()
    {
        _connections.RemoveAll(static one => one.IsOver);
        if (_connections.Count > 0)
        {
            world.Pick(_connections).Reset();
        }
    }

    /// <summary>The near end of a new connection; null when nobody listens there. Does not complete where a way is cut.</summary>
    public Task<End?> DialAsync(int from, Process process, string address)
    {
        var dialled = new TaskCompletionSource<End?>();
        world.After(world.Next(1, 5), null, () =>
        {
            if (!_listening.TryGetValue(address, out var listener))
            {
                dialled.TrySetResult(null);
            }
            else if (!_cut.Contains((from, listener.Index)) && !_cut.Contains((listener.Index, from)))
            {
                var connection = new Connection(this, from, process, listener.Index, listener.Process);
                _connections.Add(connection);
                world.After(0, listener.Process, () => listener.Serve(connection.Far));
                dialled.TrySetResult(connection.Near);
            }
        });
        return dialled.Task;
    }

    /// <summary>Two ends, and what is on its way between them.</summary>
    private sealed class Connection
    {
        private readonly Net _net;
        private readonly int _delay;
        private readonly Process _near;
        private readonly Process _far;
        private int _resets;

        public Connection(Net net, int near, Process nearProcess, int far, Process farProcess)
        {
            (_net, _near, _far) = (net, nearProcess, farProcess);
            _delay = net.World.Chance(0.1) ? net.World.Next(50, 400) : net.World.Next(1, 10);
            var (there, back) = (new Queue<object?>(), new Queue<object?>());
            Near = new End(frame => Send(there, frame, near, far, toFar: true));
            Far = new End(frame => Send(back, frame, far, near, toFar: false));
        }

        public End Near { get; }

        public End Far { get; }

        public bool IsOver => Near.IsClosed && Far.IsClosed;

        public bool Touches(Process process) => _near == process || _far == process;

        public void Die(Process process) => (_near == process ? Near : Far).Close();

        public void Reset()
        {
            _resets++;
            Near.Arrive(null);
            Far.Arrive(null);
        }

        // One arrival a frame, so that order is kept whatever an arrival's own delay was.
        private void Send(Queue<object?> wire, object? frame, int from, int to, bool toFar)
        {
            wire.Enqueue(frame);
            var resets = _resets;
            _net.World.After(_delay + _net.World.Next(0, 2), null, Arrive);

            void Arrive()
            {
                if (resets != _resets)
                {
                    return;
                }

                if (_net._cut.Contains((from, to)))
                {
                    _net.World.After(50, null, Arrive);
                    return;
                }

                (toFar ? Far : Near).Arrive(wire.Dequeue());
            }
        }
    }

    private World World => world;
}

/// <summary>One end of a connection. Frames are whole objects and arrive in the order they were sent; null is the end.</summary>
internal sealed class End(Action<object?> send)
{
    private readonly Queue<object?> _inbox = new();
    private TaskCompletionSource<object?>? _waiter;

    public bool IsClosed { get; private set; }

    public void Send(object frame)
    {
        if (!IsClosed)
        {
            send(frame);
        }
    }

    /// <summary>The next frame; null when the connection has ended, or nothing came in time.</summary>
    public async Task<object?> ReceiveAsync(TimeProvider clock, TimeSpan patience)
    {
        if (IsClosed)
        {
            return null;
        }

        if (_inbox.TryDequeue(out var frame))
        {
            return frame;
        }

        var waiter = _waiter = new();
        using var timer = patience == Timeout.InfiniteTimeSpan ? null : clock.CreateTimer(_ => waiter.TrySetResult(null), null, patience, Timeout.InfiniteTimeSpan);
        frame = await waiter.Task;
        _waiter = null;
        return frame;
    }

    public void Arrive(object? frame)
    {
        if (IsClosed)
        {
            return;
        }

        if (_waiter is null || !_waiter.TrySetResult(frame))
        {
            _inbox.Enqueue(frame);
        }
        else
        {
            _waiter = null;
        }
    }

    public void Close()
    {
        if (!IsClosed)
        {
            send(null);
            IsClosed = true;
            _waiter?.TrySetResult(null);
        }
    }
}
