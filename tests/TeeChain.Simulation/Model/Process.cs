namespace TeeChain.Simulation.Model;

/// <summary>
/// A process: what it awaits continues as events of the world. A dead one never continues, a stopped one (SIGSTOP) later,
/// a slow one late but in order. So a crash may come between any two steps of the code that runs in it.
/// </summary>
internal sealed class Process(World world, string name) : SynchronizationContext
{
    private readonly Queue<Action> _held = new();
    private long _last;

    public string Name => name;

    public bool IsDead { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>The longest that a step waits for its turn, in milliseconds.</summary>
    public int Slowness { get; set; }

    /// <summary>What the kernel does at the death of the process.</summary>
    public event Action Died = () => { };

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsDead || world.IsOver)
        {
            return; // What the garbage collector wakes.
        }

        var delay = Slowness == 0 ? 0 : world.Next(0, Slowness);
        _last = Math.Max(_last, world.Now + delay);
        world.After(_last - world.Now, this, () => d(state));
    }

    /// <summary>Runs the loop in this process from its next step on. A loop that fails breaks the run.</summary>
    public void Start(Func<Task> loop) => world.After(0, this, () => _ = GuardAsync(loop));

    public void Run(Action action)
    {
        if (IsDead)
        {
            return;
        }

        if (IsStopped)
        {
            _held.Enqueue(action);
            return;
        }

        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Kill()
    {
        IsDead = true;
        _held.Clear();
        Died();
    }

    public void Stop() => IsStopped = true;

    public void Continue()
    {
        IsStopped = false;
        while (_held.TryDequeue(out var action))
        {
            world.After(0, this, action);
        }
    }

    private async Task GuardAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception e) when (!IsDead)
        {
            world.After(0, null, () => throw new BrokenPromiseException($"{Name}: a loop ended that must not: {e}", e));
        }
    }
}
