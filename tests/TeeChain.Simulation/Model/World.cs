namespace TeeChain.Simulation.Model;

/// <summary>A run found that a promise does not hold, or that the model itself broke.</summary>
internal sealed class BrokenPromiseException(string what, Exception? cause = null) : Exception(what, cause);

/// <summary>
/// Time, chance and the order of events: everything that happens is an event of this queue, on one thread, and follows from
/// the seed alone.
/// </summary>
internal sealed class World(int seed)
{
    private readonly PriorityQueue<(Process? Process, Action Action), (long At, long Order)> _events = new();
    private readonly Queue<string> _trace = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;

    public int Seed => seed;

    public Random Random { get; } = new(seed);

    /// <summary>Milliseconds since the run began.</summary>
    public long Now { get; private set; }

    public long Steps { get; private set; }

    /// <summary>Nothing happens any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whether every line of the trace is kept, not only the last.</summary>
    public int TraceLines { get; set; } = 120;

    /// <summary>Called after every event with the process that it was for.</summary>
    public Action<Process?> Stepped { get; set; } = _ => { };

    public void After(long milliseconds, Process? process, Action action)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Environment.FailFast($"Something of the simulation ran on another thread: {Environment.StackTrace}");
        }

        _events.Enqueue((process, action), (Now + Math.Max(0, milliseconds), ++_order));
    }

    /// <summary>Runs what happens until then.</summary>
    public void RunUntil(long then)
    {
        while (_events.TryPeek(out _, out var first) && first.At <= then)
        {
            var (process, action) = _events.Dequeue();
            Now = first.At;
            Steps++;
            if (process is null)
            {
                action();
            }
            else
            {
                process.Run(action);
            }

            Stepped(process);
        }

        Now = then;
    }

    public int Next(int from, int through) => Random.Next(from, through + 1);

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public void Say(string what)
    {
        _trace.Enqueue($"{Now,7} {what}");
        if (_trace.Count > TraceLines)
        {
            _trace.Dequeue();
        }
    }

    /// <summary>The last things that happened.</summary>
    public string Trace => string.Join(Environment.NewLine, _trace);
}
