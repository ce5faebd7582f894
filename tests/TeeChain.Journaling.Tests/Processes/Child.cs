using System.Diagnostics;

namespace TeeChain.Journaling.Tests.Processes;

/// <summary>What this program does when a test starts it as a process of its own. It prints one line for each thing that happened.</summary>
internal static class Child
{
    public static Task<int> RunAsync(string role, string[] arguments) => role switch
    {
        "hold" => HoldAsync(arguments[0]),
        "append" => AppendAsync(arguments[0]),
        "idle" => IdleAsync(arguments[0]),
        "bench" => BenchAsync(arguments[0], int.Parse(arguments[1]), double.Parse(arguments[2])),
        _ => throw new ArgumentException($"There is no role {role}."),
    };

    /// <summary>Opens the journal, says what came of it, and holds it until the input ends.</summary>
    private static async Task<int> HoldAsync(string path)
    {
        try
        {
            using var folder = DiskFolder.OpenOrCreate(path);
            await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 });
            Console.WriteLine("open");
            await Console.In.ReadToEndAsync();
            return 0;
        }
        catch (JournalLockedException)
        {
            Console.WriteLine("locked");
            return 3;
        }
    }

    /// <summary>Appends one entry after another and prints each result, until 40 are tried or the process is killed.</summary>
    private static async Task<int> AppendAsync(string path)
    {
        using var folder = DiskFolder.OpenOrCreate(path);
        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 });
        Console.WriteLine($"open {journal.Last.Sequence}");
        for (int i = 0; i < 40; i++)
        {
            try
            {
                var position = await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("head"u8.ToArray(), new byte[300]));
                journal.SaveCursor(new(position.Sequence, default, default));
                Console.WriteLine($"committed {position.Sequence}");
            }
            catch (JournalAppendException error)
            {
                Console.WriteLine(error.Failure);
            }
        }

        Console.WriteLine(journal.Faulted.IsCompleted ? "faulted" : "sound");
        return 0;
    }

    /// <summary>Prints the processor time, in milliseconds, of a second in which a reader waits and nothing is appended.</summary>
    private static async Task<int> IdleAsync(string path)
    {
        using var folder = DiskFolder.OpenOrCreate(path);
        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 });
        var position = await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[300]));
        using var reader = journal.OpenReader(position.Sequence);
        var wait = reader.WaitAsync(CancellationToken.None).AsTask();
        await Task.Delay(500); // whatever the start leaves to do
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(1000);
        Console.WriteLine((int)(Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds);
        return wait.IsCompleted ? 1 : 0;
    }

    /// <summary>By hand: `child bench FOLDER WRITERS INTERVAL-MS` prints the records a second.</summary>
    private static async Task<int> BenchAsync(string path, int writers, double intervalMilliseconds)
    {
        using var folder = DiskFolder.OpenOrCreate(path);
        await using var journal = Journal.Open(folder, new JournalOptions { MinSyncInterval = TimeSpan.FromMilliseconds(intervalMilliseconds) });
        byte[] body = new byte[300];
        for (int round = 0; round < 3; round++)
        {
            long count = 0;
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
            {
                while (clock.Elapsed < TimeSpan.FromSeconds(2))
                {
                    await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, body));
                    Interlocked.Increment(ref count);
                }
            })));
            journal.Release(journal.Last.Sequence);
            Console.WriteLine($"{writers} writers, interval {intervalMilliseconds} ms: {count / clock.Elapsed.TotalSeconds:F0} records/s, cpu {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F2} s");
        }

        return 0;
    }
}
