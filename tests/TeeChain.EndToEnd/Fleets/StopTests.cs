using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary><c>teechain up</c> is asked to stop while a slow write is on its way.</summary>
[Trait(Repository.When, Repository.OnlyInAll)]
public sealed class StopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, Signal.Interrupt)]
    [InlineData(false, Signal.Terminate)]
    [InlineData(true, Signal.Interrupt)]
    [InlineData(true, Signal.Terminate)]
    internal async Task What_is_on_its_way_is_answered_before_the_fleet_ends(bool hasHaproxy, Signal signal)
    {
        await using var up = new UpRun("workers: 2\naverage-delay: 3s", "node1", "node2");
        up.Start(hasHaproxy);
        await up.TellsAsync("balancer1 (", Cancellation);
        var write = OneWrite.RegisterAsync(up.Balancer(), "slow", Cancellation);
        await Eventually.TrueAsync(
            async () =>
            {
                if ((await up.Nodes[0].StatusAsync(Cancellation)).LastSequence > 0)
                {
                    return true;
                }

                // A front door that starts may not have found the head yet: whatever it said, nothing was recorded.
                write = write.IsCompleted ? OneWrite.RegisterAsync(up.Balancer(), "slow", Cancellation) : write;
                return false;
            },
            "the write is on its way", Cancellation, () => up.Description);

        await up.StopAsync(signal, Cancellation);

        var answer = await write;
        Assert.True(answer.Status == 201, $"{answer}\n{up.Description}");
    }
}
