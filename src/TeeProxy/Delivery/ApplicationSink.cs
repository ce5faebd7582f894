using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Requests;

namespace TeeProxy.Delivery;

/// <summary>
/// Takes the journal to the local application in total order: one write in flight. What is no write is taken note of on
/// the way.
/// </summary>
internal sealed partial class ApplicationSink(
    WriteDelivery delivery,
    LocalCursor cursor,
    Comparison comparison,
    HeadOutcomes outcomes,
    PendingWrites pending,
    Progress progress,
    ChainMember member,
    Journal journal,
    ILogger<ApplicationSink> log,
    CancellationToken abort) : IEntrySink
{
    /// <inheritdoc/>
    public async ValueTask DrainAsync(JournalReader reader, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && reader.TryRead(out var entry))
        {
            await StepAsync(entry);
            progress.Apply(entry.Sequence);
        }

        cursor.Save(isCleanStop: false);
    }

    /// <summary>One record.</summary>
    private async ValueTask StepAsync(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Write:
                await DeliverAsync(entry);
                return;
            case EntryKind.Outcome:
                Settle(OutcomeRecord.Decode(entry.Head.Span));
                break;
            case EntryKind.Epoch:
                await ObserveAsync(EpochRecord.Decode(entry.Head.Span), entry.Sequence);
                break;
        }

        cursor.Passed(entry.Sequence);
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

    private async ValueTask DeliverAsync(JournalEntry entry)
    {
        var result = await delivery.DeliverAsync(entry, cursor.IsSuspect(entry.Sequence));

        // The order matters: outcome, then cursor, then client. A crash in between delivers again, and loses nothing.
        if (member.IsHead)
        {
            outcomes.Record(new OutcomeRecord(entry.Sequence, result.Status, BodyDigest: 0));
        }
        else
        {
            comparison.Answered(entry.Sequence, result.Status);
        }

        cursor.Delivered(entry.Sequence, entry.Crc, result.Status);
        switch (result)
        {
            case DeliveryResult.Delivered delivered:
                pending.Answered(entry.Sequence, delivered.Answer);
                break;
            case DeliveryResult.Unheld unheld:
                pending.Undetermined(entry.Sequence, $"The application answered {unheld.Status}, but {unheld.Why}.");
                break;
        }
    }

    private void Settle(OutcomeRecord outcome)
    {
        if (!member.IsHead && comparison.Settle(outcome, Describe) is { } divergence)
        {
            LogDivergence(divergence.Sequence, divergence.Method, divergence.Path, divergence.Status, divergence.HeadStatus);
        }
    }

    private (string Method, string Path) Describe(long sequence)
    {
        try
        {
            using var reader = journal.OpenReader(sequence - 1);
            return reader.TryRead(out var entry) && RequestHead.Decode(entry.Head.Span) is var head ? (head.Method, head.Path) : ("?", "?");
        }
        catch (SequenceNotKeptException)
        {
            return ("?", "?");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Epoch {Epoch} cannot be written down: {Why}. It is tried again.")]
    private partial void LogEpochFailed(long epoch, string why);

    [LoggerMessage(LogLevel.Error, "Divergence: the application answered write {Sequence} ({Method} {Path}) with {Status}, the head's with {HeadStatus}.")]
    private partial void LogDivergence(long sequence, string method, string path, int status, int headStatus);
}
