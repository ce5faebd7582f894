namespace TeeChain.Simulation.Model;

/// <summary>A node's own monotonic clock, with an offset and a rate of its own. Its timers fire in the node's process.</summary>
internal sealed class Clock(World world, Process process, long offset, double rate) : TimeProvider
{
    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => offset + (long)(world.Now * 1000 * rate);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(world.Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(Clock clock, Action callback) : ITimer
    {
        private int _generation;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _generation++;
            if (dueTime >= TimeSpan.Zero)
            {
                Schedule(dueTime, period, _generation);
            }

            return true;
        }

        public void Dispose() => _generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Schedule(TimeSpan due, TimeSpan period, int generation) => clock.World.After((long)Math.Ceiling(due.TotalMilliseconds / clock.Rate), clock.Process, () =>
        {
            if (generation != _generation)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                Schedule(period, period, generation);
            }

            callback();
        });
    }

    private World World => world;

    private Process Process => process;

    private double Rate => rate;
}
