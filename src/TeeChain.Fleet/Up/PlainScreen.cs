using System.Globalization;

namespace TeeChain.Fleet.Up;

/// <summary>Lines, for files and services: what happened, and each worker whose role or readiness has changed.</summary>
internal sealed class PlainScreen(TextWriter output, TimeProvider time) : IUpScreen
{
    private readonly Lock _lock = new();
    private Dictionary<string, (string Role, bool IsReady)> _shown = []; // under _lock

    public void Tell(string line)
    {
        lock (_lock)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {line}"));
            output.Flush();
        }
    }

    public void Show(IReadOnlyList<WorkerRow> workers, string title)
    {
        lock (_lock)
        {
            foreach (var worker in workers.Where(worker => !_shown.TryGetValue(worker.Name, out var shown) || shown != (worker.Role, worker.WhyNotReady is null)))
            {
                Tell($"{worker.Name}: {worker.Role}, {(worker.WhyNotReady is { } why ? $"not ready: {why}" : "ready")}");
            }

            _shown = workers.ToDictionary(worker => worker.Name, worker => (worker.Role, worker.WhyNotReady is null));
        }
    }

    public Task RunAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);
}
