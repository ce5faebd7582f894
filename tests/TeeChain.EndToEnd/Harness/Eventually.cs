namespace TeeChain.EndToEnd.Harness;

/// <summary>Waits for a condition by asking again and again, up to a deadline that only a failing test reaches.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    /// <param name="what">Completes "Not in time: …".</param>
    /// <param name="describe">What to add when it does not come true.</param>
    public static Task TrueAsync(
        Func<Task<bool>> condition, string what, CancellationToken cancellation, Func<string>? describe = null, TimeSpan? deadline = null) =>
        NothingWrongAsync(async () => await condition() ? null : describe?.Invoke() ?? "it is not so", what, cancellation, deadline);

    /// <param name="wrong">What keeps it from being so; null once nothing does. One that is not answered counts as wrong.</param>
    public static async Task NothingWrongAsync(Func<Task<string?>> wrong, string what, CancellationToken cancellation, TimeSpan? deadline = null)
    {
        var until = DateTime.UtcNow + (deadline ?? Deadline);
        while (await AskAsync(wrong, cancellation) is { } why)
        {
            if (DateTime.UtcNow > until)
            {
                Assert.Fail($"Not in time: {what}. {why}");
            }

            await Task.Delay(BetweenAttempts, cancellation);
        }
    }

    private static async Task<string?> AskAsync(Func<Task<string?>> wrong, CancellationToken cancellation)
    {
        try
        {
            return await wrong();
        }
        catch (Exception notAnswered) when (notAnswered is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return notAnswered.Message;
        }
    }
}
