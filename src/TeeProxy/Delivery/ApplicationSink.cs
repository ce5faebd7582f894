using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery.Keys;

namespace TeeProxy.Delivery;

/// <summary>
/// Takes the journal to the local application: writes with a key in lanes, in order within the key; a write without one
/// waits for all lanes, and all wait for it. Without a key source that is every write: total order. What is no write is
/// taken note of on the way.
/// </summary>
/// <param name="keys">Null: total order.</param>
internal sealed partial class ApplicationSink(
    WriteStep step,
    LocalCursor cursor,
    Comparison comparison,
    Progress progress,
    ChainMember member,
    Journal journal,
    Lanes lanes,
    IKeySource? keys,
    ILogger<ApplicationSink> log,
    CancellationToken abort) : IEntrySink
{
    /// <summary>Bodies up to this size are searched for a key.</summary>
    private const int MostBodyBytes = 1 << 20;

    /// <summary>A longer one is no key: this bounds what the lanes remember.</summary>
    private const int MostKeyChars = 4096;

    /// <summary>What writes in lanes may hold of memory; one always may.</summary>
    private const long MostHeldBytes = 16 << 20;

    private long _heldBytes;

    /// <inheritdoc/>
    public CancellationToken Failing => lanes.Failing;

    /// <inheritdoc/>
    public async ValueTask DrainAsync(JournalReader reader, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && reader.TryRead(out var entry))
        {
            if (!await ReachAsync(entry.Sequence) || !await StepAsync(entry, stopping))
            {
                break;
            }

            progress.Apply(cursor.Watermark);
        }

        cursor.Save(isCleanStop: false);
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync()
    {
        await lanes.IdleAsync();
        cursor.Save(isCleanStop: false);
    }

    /// <summary>One record. False when the node stops instead.</summary>
    private async ValueTask<bool> StepAsync(JournalEntry entry, CancellationToken stopping)
    {
        switch (entry.Kind)
        {
            case EntryKind.Write:
                return await DeliverAsync(entry, stopping);
            case EntryKind.Outcome when !member.IsHead:
                comparison.Settle(OutcomeRecord.Decode(entry.Head.Span));
                break;
            case EntryKind.Epoch:
                if (!await AloneAsync(stopping))
                {
                    return false;
                }

                await ObserveAsync(EpochRecord.Decode(entry.Head.Span), entry.Sequence);
                break;
        }

        cursor.Passed(entry.Sequence);
        return true;
    }

    private async ValueTask<bool> DeliverAsync(JournalEntry entry, CancellationToken stopping)
    {
        if (cursor.IsDone(entry.Sequence))
        {
            return true; // in an earlier run, beyond the watermark of that time
        }

        var write = RecordedWrite.Of(entry);
        if (KeyOf(write) is { } key)
        {
            await StartAsync(write.Outliving(journal, key), stopping);
            return true;
        }

        if (!await AloneAsync(stopping))
        {
            return false;
        }

        comparison.Begin(write.Sequence);
        await step.RunAsync(write);
        return true;
    }

    private async ValueTask StartAsync(RecordedWrite write, CancellationToken stopping)
    {
        var bytes = write.HeldBytes + write.Lane.Length;
        if (Interlocked.Read(ref _heldBytes) + bytes > MostHeldBytes)
        {
            await lanes.UntilAsync(() => Interlocked.Read(ref _heldBytes) + bytes <= MostHeldBytes);
        }

        Interlocked.Add(ref _heldBytes, bytes);
        comparison.Begin(write.Sequence); // before the next record is read: it may be the head's outcome
        lanes.Start(write.Lane, () => RunAsync(write, bytes), stopping);
    }

    private async Task RunAsync(RecordedWrite write, int bytes)
    {
        await step.RunAsync(write);
        Interlocked.Add(ref _heldBytes, -bytes);
    }

    /// <summary>Until the window reaches so far. False when the node stops: then it may not.</summary>
    private async ValueTask<bool> ReachAsync(long sequence)
    {
        if (!cursor.Reaches(sequence))
        {
            await lanes.UntilAsync(() => cursor.Reaches(sequence));
        }

        return cursor.Reaches(sequence);
    }

    /// <summary>Until all that was begun is finished. False when the node stops: then not all was begun.</summary>
    private async ValueTask<bool> AloneAsync(CancellationToken stopping)
    {
        if (!lanes.IsIdle)
        {
            await lanes.IdleAsync();
        }

        return !stopping.IsCancellationRequested;
    }

    private string? KeyOf(RecordedWrite write)
    {
        if (keys is null)
        {
            return null;
        }

        var body = keys.ReadsBody ? write.ReadBody(MostBodyBytes) : ReadOnlyMemory<byte>.Empty;
        return body is { } bytes && keys.Of(write.Recorded, bytes.Span) is { Length: > 0 and <= MostKeyChars } key ? key : null;
    }

    /// <summary>An epoch is durable before it is obeyed; a disk that is full is waited for.</summary>
    private async ValueTask ObserveAsync(EpochRecord epoch, long sequence)
    {
        while (true)
        {
            try
            {
                await member.ObserveAsync(epoch, sequence, abort);
                return;
            }
            catch (IOException e)
            {
                LogEpochFailed(epoch.Epoch, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), abort);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Epoch {Epoch} cannot be written down: {Why}. It is tried again.", EventName = "epoch_failing")]
    private partial void LogEpochFailed(long epoch, string why);
}
