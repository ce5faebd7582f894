namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// Every application and every teeproxy of a fleet is killed, stopped and sent away again and again, each by a schedule of
/// its own that follows from <see cref="Seed"/>, for <paramref name="length"/>; then all are well again.
/// </summary>
/// <param name="length">No breakage begins later.</param>
internal sealed class Storm(Fleet fleet, TimeSpan length)
{
    private const string SeedVariable = "TEECHAIN_STORM_SEED";

    /// <summary>Applications are slower to start and fewer writes go through without them.</summary>
    private static readonly TimeSpan LongestCalm = TimeSpan.FromSeconds(7);

    /// <summary>Longer than the lease and the patience with a silent successor, so that nodes are gone past.</summary>
    private static readonly TimeSpan LongestBreak = TimeSpan.FromSeconds(5);

    private readonly int[] _ends = new int[fleet.Nodes.Count];

    private enum Breakage
    {
        /// <summary>SIGKILL, and started again.</summary>
        Kill,

        /// <summary>SIGSTOP and SIGCONT.</summary>
        Stop,

        /// <summary>SIGTERM, and started again.</summary>
        Restart,
    }

    /// <summary>The schedules follow from it; the moments at which they hit the load do not.</summary>
    public int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var given) ? given : Random.Shared.Next(1, 1_000_000);

    /// <summary>For each node: how often its teeproxy or its application ended. Each end may cut off what was in flight to the application.</summary>
    public IReadOnlyList<int> Ends => _ends;

    /// <summary>Returns when the storm is over and every process runs.</summary>
    public Task BlowAsync(CancellationToken cancellation) => Task.WhenAll(Enumerable.Range(0, fleet.Nodes.Count).SelectMany(i => new[]
    {
        BreakAsync(i, 2 * i, () => fleet.Nodes[i].Process, fleet.Nodes[i].Start, cancellation),
        BreakAsync(i, (2 * i) + 1, () => fleet.Apps[i].Process, fleet.Apps[i].Start, cancellation),
    }));

    public override string ToString() => $"The storm: {SeedVariable}={Seed}, {length.TotalSeconds:0} s; teeproxy or application ended {string.Join(", ", _ends)} times.";

    private async Task BreakAsync(int node, int schedule, Func<RealProcess> process, Action start, CancellationToken cancellation)
    {
        var random = new Random((Seed * 31) + schedule);
        var until = DateTime.UtcNow + length;
        while (true)
        {
            await Task.Delay(LongestCalm * random.NextDouble(), cancellation);
            if (DateTime.UtcNow >= until)
            {
                return;
            }

            await BreakAsync(node, (Breakage)random.Next(3), LongestBreak * Math.Pow(random.NextDouble(), 2), process(), start, cancellation);
        }
    }

    private async Task BreakAsync(int node, Breakage breakage, TimeSpan time, RealProcess process, Action start, CancellationToken cancellation)
    {
        if (breakage == Breakage.Stop)
        {
            process.Send(Signal.Stop);
            await Task.Delay(time, cancellation);
            process.Send(Signal.Continue);
            return;
        }

        Interlocked.Increment(ref _ends[node]);
        process.Send(breakage == Breakage.Kill ? Signal.Kill : Signal.Terminate);
        await process.WaitExitAsync(cancellation);
        await Task.Delay(time, cancellation);
        start();
    }
}
