namespace TeeProxy.Tests;

/// <summary>Whatever is rung for is executed, once.</summary>
public sealed class SocketBellTests
{
    [Fact]
    public async Task What_many_threads_ring_for_is_executed_once_each()
    {
        using var bell = new SocketBell();
        var counts = new int[2000];

        Parallel.For(0, counts.Length, i => bell.Ring(new Work(() => Interlocked.Increment(ref counts[i]))));

        await Eventually.TrueAsync(() => Array.TrueForAll(counts, static count => Volatile.Read(ref count) == 1), "each is executed once");
    }

    [Fact]
    public async Task What_is_rung_for_after_its_end_is_executed_all_the_same()
    {
        var bell = new SocketBell();
        var executed = 0;

        bell.Dispose();
        bell.Ring(new Work(() => Interlocked.Increment(ref executed)));
        bell.Ring(new Work(() => Interlocked.Increment(ref executed)));

        await Eventually.TrueAsync(() => Volatile.Read(ref executed) == 2, "both are executed");
    }

    private sealed class Work(Action work) : IThreadPoolWorkItem
    {
        public void Execute() => work();
    }
}
