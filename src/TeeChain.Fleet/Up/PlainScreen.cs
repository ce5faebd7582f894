using System.Globalization;
using TeeChain.Fleet.Status;

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

    public void Show(StatusReport report, string title)
    {
        lock (_lock)
        {
            foreach (var node in report.Nodes.Where(node => !_shown.TryGetValue(node.Name, out var shown) || shown != (node.Role, node.TakesReads)))
            {
                Tell($"{node.Name}: {node.Role}, {(node.TakesReads ? "ready" : $"not ready ({string.Join("; ", node.Notes)})")}");
            }

            _shown = report.Nodes.ToDictionary(node => node.Name, node => (node.Role, node.TakesReads));
        }
    }

    public Task RunAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);
}
