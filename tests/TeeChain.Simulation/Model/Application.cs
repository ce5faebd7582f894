namespace TeeChain.Simulation.Model;

/// <summary>A node's application: a process of its own, whose state is as durable as it says. It notes every delivery.</summary>
internal sealed class Application(World world)
{
    private readonly List<(long Sequence, long Write)> _writes = [];
    private long _arrival; // A process starts for longer than what the one before it sent is on its way.

    public bool IsDown { get; set; }

    /// <summary>What it was given, in order, what came again left out.</summary>
    public IReadOnlyList<(long Sequence, long Write)> Writes => _writes;

    public long Last => _writes.Count == 0 ? 0 : _writes[^1].Sequence;

    /// <summary>Called with each delivery, before it counts: its sequence, and whether it was marked as one that may come again.</summary>
    public Action<long, bool> Delivering { get; set; } = (_, _) => { };

    /// <summary>True once it has answered; false when it cannot be reached. What it has begun it ends, also when the caller dies.</summary>
    public Task<bool> DeliverAsync(long sequence, long write, bool isMarked)
    {
        var answered = new TaskCompletionSource<bool>();
        _arrival = Math.Max(_arrival, world.Now + world.Next(1, 3));
        world.After(_arrival - world.Now, null, () =>
        {
            if (IsDown)
            {
                answered.SetResult(false);
                return;
            }

            Delivering(sequence, isMarked);
            if (sequence > Last)
            {
                _writes.Add((sequence, write));
            }

            world.After(world.Next(1, 3), null, () => answered.SetResult(true));
        });
        return answered.Task;
    }

    public Application Copy()
    {
        var copy = new Application(world);
        copy._writes.AddRange(_writes);
        return copy;
    }
}
