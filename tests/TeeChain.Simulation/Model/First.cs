namespace TeeChain.Simulation.Model;

/// <summary>
/// As Task.WhenAny, but every continuation goes through the process: the runtime's own may run one on a thread of its pool.
/// </summary>
internal static class First
{
    public static Task<Task> OfAsync(params IReadOnlyList<Task> tasks)
    {
        var first = new TaskCompletionSource<Task>();
        foreach (var task in tasks)
        {
            _ = WatchAsync(task, first);
        }

        return first.Task;
    }

    private static async Task WatchAsync(Task task, TaskCompletionSource<Task> first)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        first.TrySetResult(task);
    }
}
