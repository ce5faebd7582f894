namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A bounded client: never more requests at once than <see cref="Connections"/>. Users, passwords and pauses follow from
/// <see cref="Seed"/>, which every failure names.
/// </summary>
internal sealed class Load(Uri address, int connections) : IDisposable
{
    /// <summary>Longer than HAProxy's timeout for a server (20 s), which is longer than teeproxy's for its answer (15 s).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public int Connections => connections;

    public int Seed { get; init; } = Random.Shared.Next(1, 1_000_000);

    /// <summary>Whether a write that was refused is sent again until it is taken.</summary>
    public bool IsRetrying { get; init; } = true;

    /// <summary>The mean pause of a client between two requests: how a load is kept small on a machine that has more to do.</summary>
    public TimeSpan Pause { get; init; }

    public HttpClient Client { get; } = new(Loopback.Handler(connections)) { BaseAddress = address, Timeout = Patience };

    /// <param name="writes">How many there are at least; exactly so many when <see cref="WriteRun.CompleteAsync"/> is called at once.</param>
    public WriteRun StartWrites(int writes, CancellationToken cancellation) => new(this, writes, cancellation);

    /// <summary>Exactly so many writes.</summary>
    public Task<IReadOnlyList<ClientWrite>> WriteAsync(int writes, CancellationToken cancellation) => StartWrites(writes, cancellation).CompleteAsync();

    /// <param name="reads">How many; null for as long as the test goes on.</param>
    public ReadRun StartReads(int? reads, CancellationToken cancellation, string path = "/") => new(this, path, reads, cancellation);

    /// <summary>The same for the same seed in every process, as <see cref="HashCode"/> is not.</summary>
    public Random RandomOf(int client) => new(unchecked((Seed * 397) ^ client));

    public Task PauseAsync(Random random, CancellationToken cancellation) =>
        Pause == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(Pause * (2 * random.NextDouble()), cancellation);

    public override string ToString() => $"The load: seed {Seed}, {connections} connections to {address}.";

    public void Dispose() => Client.Dispose();
}
