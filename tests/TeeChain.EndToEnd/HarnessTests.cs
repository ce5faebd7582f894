using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>What the other tests rely on.</summary>
public sealed class HarnessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_sample_application_comes_back_with_all_that_it_answered()
    {
        using var folder = new TestFolder();
        await using var app = new Harness.SampleApp("app", Ports.Reserve().Next(), folder.Path);
        await app.StartAsync(Cancellation);
        using var load = new Load(app.Address, connections: 4);
        var writes = await load.WriteAsync(200, Cancellation);

        await app.KillAsync(Cancellation);
        await app.StartAsync(Cancellation);

        var log = await app.LogAsync(Cancellation);
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        Assert.Equal(
            writes.Select(write => (write.User, write.Kind)).Order(),
            log.Applied.Select(write => (write.User, write.Kind)).Order());
    }

    [Fact]
    public async Task A_write_that_nobody_takes_is_known_to_be_refused()
    {
        using var load = new Load(new Uri($"http://127.0.0.1:{Ports.Reserve().Next()}"), connections: 1) { IsRetrying = false };

        var writes = await load.WriteAsync(1, Cancellation);

        Assert.Equal(Fate.Refused, Assert.Single(writes).Fate);
    }
}
