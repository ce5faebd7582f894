namespace TeeChain.Fleet.Tests.Haproxy;

/// <summary>Waits for what another process brings about.</summary>
internal static class Polling
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <param name="wrong">What is still wrong; null once it is right.</param>
    public static async Task UntilAsync(Func<Task<string?>> wrong, string what)
    {
        var until = DateTime.UtcNow + Deadline;
        while (await wrong() is { } why)
        {
            Assert.True(DateTime.UtcNow < until, $"Not in time: {what}. {why}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
