using BenchmarkDotNet.Attributes;
using TeeChain.Journaling;

namespace TeeChain.Micro;

/// <summary>
/// From the append to the commit: with nobody else, and with 64 at once, which share syncs. On disk the journal is in a
/// folder beside the program, or where <c>TEECHAIN_MICRO_FOLDER</c> says; tmpfs would not sync.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Journal")]
public class JournalAppendBenchmarks
{
    private const int Together = 64;

    private readonly Task[] _appends = new Task[Together];
    private string? _path;
    private DiskFolder? _disk;
    private Journal _journal = null!;
    private EntryPayload _payload;

    /// <summary>How often it syncs: by default at most once a millisecond, which is what a single writer waits for.</summary>
    [Params("disk, 1 ms", "disk, no pause", "memory, no pause")]
    public string Journal { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _payload = EntryPayload.InMemory(SamplePost.Head.Encode(), SamplePost.Body);
        if (Journal.StartsWith("disk", StringComparison.Ordinal))
        {
            _path = Path.Combine(Environment.GetEnvironmentVariable("TEECHAIN_MICRO_FOLDER") ?? AppContext.BaseDirectory, $"journal-{Guid.NewGuid():N}");
            _disk = DiskFolder.OpenOrCreate(_path);
        }

        // What is passed is dropped at once and its segment used again, as in a node that runs for long.
        var options = new JournalOptions { Retain = TimeSpan.Zero, SegmentBytes = 16 << 20, MaxBytes = 1 << 30 };
        _journal = Journaling.Journal.Open(
            (IFolder?)_disk ?? new MemoryFolder(), Journal.EndsWith("no pause", StringComparison.Ordinal) ? options with { MinSyncInterval = TimeSpan.Zero } : options);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _journal.DisposeAsync();
        _disk?.Dispose();
        if (_path is not null)
        {
            Directory.Delete(_path, recursive: true);
        }
    }

    [Benchmark]
    public async Task Alone()
    {
        var position = await _journal.AppendAsync(EntryKind.Write, _payload);
        _journal.Release(position.Sequence);
    }

    /// <summary>The time is that of one record of the 64.</summary>
    [Benchmark(OperationsPerInvoke = Together)]
    public async Task SixtyFourTogether()
    {
        for (var i = 0; i < Together; i++)
        {
            _appends[i] = _journal.AppendAsync(EntryKind.Write, _payload);
        }

        await Task.WhenAll(_appends);
        _journal.Release(_journal.Last.Sequence);
    }
}
