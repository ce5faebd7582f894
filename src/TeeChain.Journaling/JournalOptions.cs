using System.Diagnostics.Metrics;

namespace TeeChain.Journaling;

/// <summary>How a journal is kept. Checked once, by <see cref="Journal.Open"/>.</summary>
public sealed record JournalOptions
{
    /// <summary>Bytes of a segment; 4 KiB to 1 GiB, default 64 MiB: big enough that rolling is rare, small enough that retention is fine-grained.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>The budget; default 4 GiB. See <see cref="AppendFailure.BudgetFull"/> and <see cref="Journal.Release"/>.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>How long a segment is kept after every row has passed it; default 24 h, so that a node that was away for a day catches up.</summary>
    public TimeSpan Retain { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Between the starts of two syncs; 0 to 1 s, default 1 ms: halves the CPU under load and costs a single writer nothing after idle.</summary>
    public TimeSpan MinSyncInterval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a lazy entry waits for another's commit; 0 to 10 s, default 50 ms.</summary>
    public TimeSpan LazyLinger { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Head plus body of one entry; default and limit are what the record format holds (16 MiB head, 1 GiB body).</summary>
    public long MaxEntryBytes { get; init; } = RecordCodec.MaxHeadBytes + (long)RecordCodec.MaxBodyBytes;

    /// <summary>Where an empty folder's journal begins; default before the first record. For a node seeded from a copy of its application's state.</summary>
    public JournalPosition InitialBase { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Has who waited for a commit go on, on any thread but the caller's, which writes the journal; default: on the thread pool.
    /// </summary>
    public Action<IThreadPoolWorkItem> Resume { get; init; } = static waiter => ThreadPool.UnsafeQueueUserWorkItem(waiter, preferLocal: false);

    /// <summary>Where <c>teechain_journal_commit_duration_seconds</c> is made; null: no instrument.</summary>
    public Meter? Meter { get; init; }

    /// <summary>Spares are prepared and segments dropped on the thread that asks, so that a test sees one order of writes.</summary>
    internal bool KeeperInline { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 4096);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 1L << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, SegmentBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(Retain, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSyncInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinSyncInterval, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(LazyLinger, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LazyLinger, TimeSpan.FromSeconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxEntryBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(InitialBase.Sequence);
        ArgumentOutOfRangeException.ThrowIfNegative(InitialBase.Epoch);
    }
}
