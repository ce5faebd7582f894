namespace TeeChain.EndToEnd.Harness;

/// <summary>A bounded number of writes by users of their own, from the first to the last.</summary>
internal static class Burst
{
    private const int Connections = 4;

    public static async Task<IReadOnlyList<ClientWrite>> WriteAsync(Uri address, int writes, CancellationToken cancellation)
    {
        using var load = new Load(address, Connections);
        var done = await load.WriteAsync(writes, cancellation);
        Assert.All(done, write => Assert.True(write.Fate == Fate.Acknowledged, $"{write}. {load}"));
        return done;
    }
}
