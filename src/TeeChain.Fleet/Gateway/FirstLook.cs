using TeeChain.Fleet.Registry;
using Yarp.ReverseProxy.Health;

namespace TeeChain.Fleet.Gateway;

/// <summary>
/// What a front door waits for before it listens, so that it does not tell its first clients that nobody is there: what the registry
/// knows, and one probe of everybody. Bounded: who cannot learn it opens all the same, and says so.
/// </summary>
/// <param name="stop">A front door that is asked to stop waits no longer.</param>
internal sealed partial class FirstLook(Task stop, TimeProvider time, ILogger<FirstLook> log)
{
    /// <summary>For each of the two: longer than a probe of a host that does not answer, which is 2 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Until there is a view of the fleet.</summary>
    public Task AtFleetAsync(IFleetSource fleet) =>
        WaitAsync("what the registry knows", cancellation => fleet.ChangedAsync(FleetView.Empty.Version, cancellation));

    /// <summary>Until everybody in the first view was asked whether he is ready.</summary>
    public Task AtWorkersAsync(IActiveHealthCheckMonitor probes) =>
        WaitAsync("what the workers say of their readiness", async cancellation =>
        {
            while (!probes.InitialProbeCompleted)
            {
                await Task.Delay(Look, time, cancellation);
            }
        });

    private async Task WaitAsync(string what, Func<CancellationToken, Task> look)
    {
        using var enough = new CancellationTokenSource();
        var looking = look(enough.Token);
        if (!looking.IsCompleted)
        {
            LogWaiting(what, Patience.TotalSeconds);
            if (await Task.WhenAny(looking, stop, Task.Delay(Patience, time, enough.Token)) is var ended && ended != looking && ended != stop)
            {
                LogGivenUp(what, Patience.TotalSeconds);
            }
        }

        await enough.CancelAsync();
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Information, "The front door waits for {What}, at most {Seconds} s, and then listens.", EventName = "gateway_waiting")]
    private partial void LogWaiting(string what, double seconds);

    [LoggerMessage(LogLevel.Warning, "{What} is not known after {Seconds} s; the front door listens all the same.", EventName = "gateway_waited_enough")]
    private partial void LogGivenUp(string what, double seconds);
}
