using System.Net;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>A system that takes writes.</summary>
/// <param name="Entries">Where a client sends each write; with several, to all of them itself.</param>
/// <param name="Proxies">What stands between the client and the applications, in the order of the nodes.</param>
internal sealed record RunningSystem(IReadOnlyList<IPEndPoint> Entries, IReadOnlyList<Child> Proxies) : IAsyncDisposable
{
    public TimeSpan Cpu => Proxies.Aggregate(TimeSpan.Zero, (sum, proxy) => sum + proxy.Figures.Cpu);

    /// <summary>Of the largest proxy; 0 without any.</summary>
    public long PeakBytes => Proxies.Select(proxy => proxy.Figures.PeakBytes).DefaultIfEmpty().Max();

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Proxies)
        {
            await proxy.DisposeAsync();
        }
    }
}
