using TeeChain.Fleet.Config;

namespace TeeChain.Fleet.Up;

/// <summary>Measures the rate of reads and asks the scaler for as many workers as it needs.</summary>
/// <param name="reads">How many reads were counted so far; may go back when a count is corrected.</param>
internal sealed class Autoscaler(Autoscale rule, Scaler scaler, Func<double> reads, Action<string> tell, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Long enough that a batch of counts that comes late makes no difference.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long At, double Reads)> _samples = [];
    private (long At, int Workers) _changed = (time.GetTimestamp(), scaler.State.Workers);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Step();
            await Task.Delay(Interval, time, cancellation);
        }
    }

    public void Step()
    {
        var (now, total) = (time.GetTimestamp(), reads());
        _samples.Enqueue((now, total));
        while (_samples.Count > 1 && time.GetElapsedTime(_samples.ElementAt(1).At, now) >= Window)
        {
            _samples.Dequeue();
        }

        var state = scaler.State;
        if (state.Workers != _changed.Workers || state.IsScaling)
        {
            _changed = (now, state.Workers);
            return;
        }

        var (since, first) = _samples.Peek();
        var seconds = time.GetElapsedTime(since, now).TotalSeconds;
        if (seconds < Window.TotalSeconds)
        {
            return;
        }

        var rate = Math.Max(0, total - first) / seconds;
        if (AutoscaleRule.Judge(rule, state.Workers, rate, time.GetElapsedTime(_changed.At, now)) is not { } wanted)
        {
            return;
        }

        tell($"{rate:0} reads a second: {wanted} workers instead of {state.Workers}");
        _changed = (now, state.Workers);
        scaler.Ask(Math.Min(wanted, state.Most));
    }
}
