namespace TeeProxy.Tests;

/// <summary>Waits for what another thread brings about, and fails when it does not within the deadline.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"within {Deadline.TotalSeconds} s it did not come to pass that {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
