using System.Globalization;
using BenchmarkDotNet.Attributes;
using TeeProxy.Delivery;

namespace TeeChain.Micro;

/// <summary>What it costs to send a write through the lanes, with work that is done at once. The time is that of one write.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Lanes")]
public class LanesBenchmarks
{
    private const int Writes = 1_000;

    private readonly Lanes _lanes = new(16);
    private string[] _keys = [];

    /// <summary>One: all stand in line. A thousand: none does, but there are 16 lanes.</summary>
    [Params(1, 16, 1_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup() => _keys = [.. Enumerable.Range(0, Writes).Select(i => (i % Keys).ToString(CultureInfo.InvariantCulture))];

    [GlobalCleanup]
    public void Cleanup() => _lanes.Dispose();

    [Benchmark(OperationsPerInvoke = Writes)]
    public async Task Schedule()
    {
        foreach (var key in _keys)
        {
            _lanes.Start(key, static () => Task.CompletedTask, CancellationToken.None);
        }

        await _lanes.IdleAsync();
    }
}
