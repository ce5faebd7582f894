namespace TeeProxy.Hop;

/// <summary>The parts of one stream: they run at the same time, and end together.</summary>
internal static class SideBySide
{
    /// <summary>Runs the parts until the first of them ends, ends the others, and ends as the first did.</summary>
    public static async Task RunAsync(CancellationToken cancellation, params Func<CancellationToken, Task>[] parts)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = Array.ConvertAll(parts, part => part(together.Token));
        var first = await Task.WhenAny(running);
        await together.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}
