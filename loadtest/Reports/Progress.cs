using LoadTest.Measures;

namespace LoadTest.Reports;

/// <summary>A line about what goes on: each second in place on a terminal, else every five.</summary>
internal sealed class Progress(TextWriter output, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Until it is cancelled, which it ends by, not throws.</summary>
    public async Task ShowAsync(string phase, IReadOnlyList<FlowRecord> records, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        using var timer = new PeriodicTimer(isTerminal ? Second : 5 * Second, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                await ShowAsync(Line(phase, time.GetElapsedTime(begin), records), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            if (isTerminal)
            {
                await output.WriteLineAsync();
            }
        }
    }

    /// <summary>What the window before the present one says: the present one is not over.</summary>
    public static string Line(string phase, TimeSpan elapsed, IReadOnlyList<FlowRecord> records) =>
        $"{phase,-8} {elapsed.TotalSeconds,4:0} s  " + string.Join("   ", records.Select(record =>
        {
            var window = record.WindowOf(elapsed - record.WindowLength);
            return $"{record.Name.Split(' ')[0]} {window.Sent / record.WindowLength.TotalSeconds:0}/s p50 {window.Latencies.Percentile(50).TotalMilliseconds:0.0} p99 {window.Latencies.Percentile(99).TotalMilliseconds:0.0} ms, {record.Windows.Sum(each => each.Failed)} failed";
        }));

    private Task ShowAsync(string line, CancellationToken cancellation) =>
        isTerminal ? output.WriteAsync($"\r{line}\e[K".AsMemory(), cancellation) : output.WriteLineAsync(line.AsMemory(), cancellation);
}
