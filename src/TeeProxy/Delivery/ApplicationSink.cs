using System.Diagnostics.Metrics;
using Polly;
using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Requests;

namespace TeeProxy.Delivery;

/// <summary>
/// Delivers to the local application in total order: one write in flight. A complete answer is a delivery; anything else
/// is repeated, marked where the application may have seen it. Non-writes of the journal are taken note of on the way.
/// </summary>
internal sealed partial class ApplicationSink(
    LocalCursor cursor,
    ApplicationClient client,
    ChainMember member,
    PendingWrites pending,
    Comparison comparison,
    HeadOutcomes outcomes,
    OutcomeScout scout,
    Progress progress,
    ApplicationHealth health,
    ResiliencePipeline<DeliveryResult> retry,
    DeliveryInstruments instruments,
    Journal journal,
    CancellationToken abort,
    ILogger<ApplicationSink> log) : IEntrySink
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
                await member.ObserveAsync(EpochRecord.Decode(entry.Head.Span), entry.Sequence, abort);
                break;
        }

        cursor.Passed(entry.Sequence);
    }

    private async ValueTask DeliverAsync(JournalEntry entry)
    {
        var delivery = new Delivery(entry, RequestHead.Decode(entry.Head.Span), cursor.IsSuspect(entry.Sequence));
        var result = await retry.ExecuteAsync(static (state, abort) => state.Sink.AttemptAsync(state.Delivery, abort), (Sink: this, Delivery: delivery), abort);
        var status = result switch
        {
            DeliveryResult.Delivered delivered => delivered.Answer.Status,
            DeliveryResult.Unheld unheld => unheld.Status,
            _ => throw new InvalidOperationException($"A delivery ended with {result}."),
        };

        // The order matters: outcome, then cursor, then client. A crash in between delivers again, and loses nothing.
        if (IsHead)
        {
            outcomes.Record(new OutcomeRecord(entry.Sequence, status, BodyDigest: 0));
        }
        else
        {
            comparison.Answered(entry.Sequence, status);
        }

        cursor.Delivered(entry.Sequence, entry.Crc, status);
        Hand(entry.Sequence, result);
    }

    /// <summary>One attempt, and what follows from how it ended.</summary>
    private async ValueTask<DeliveryResult> AttemptAsync(Delivery delivery, CancellationToken abort)
    {
        if (delivery.IsRedelivery)
        {
            cursor.CountRedelivery();
        }

        var started = instruments.Now;
        var result = await client.SendAsync(delivery.Entry, delivery.Head, member.Standing.Current.Membership.Chain!.Value, delivery.IsRedelivery, abort);
        if (result is DeliveryResult.Delivered { Answer: { Status: >= 500 } failed } && !IsHead)
        {
            result = await JudgeAsync(delivery.Entry.Sequence, failed, result, abort);
        }

        instruments.Attempted(started, result);
        Note(delivery, result);
        return result;
    }

    /// <summary>A replica's server error is agreement only where the head's application failed too.</summary>
    private async Task<DeliveryResult> JudgeAsync(long sequence, Answer failed, DeliveryResult result, CancellationToken abort)
    {
        var outcome = await scout.FindAsync(sequence, abort);
        if (outcome.IsServerError)
        {
            return result;
        }

        failed.Body.Dispose();
        return new DeliveryResult.Unwelcome(failed.Status, outcome.Status);
    }

    private void Note(Delivery delivery, DeliveryResult result)
    {
        switch (result)
        {
            case DeliveryResult.Unsent unsent:
                if (health.ReportDown(unsent.Why))
                {
                    LogUnsent(delivery.Entry.Sequence, unsent.Why);
                }

                break;
            case DeliveryResult.Lost lost:
                delivery.IsRedelivery = true;
                LogLost(delivery.Entry.Sequence, delivery.Head.Method, delivery.Head.Path, lost.Why);
                if (lost.IsTimeout)
                {
                    pending.Undetermined(delivery.Entry.Sequence, $"The application gave {lost.Why}; the write is recorded and will be delivered again.");
                }

                break;
            case DeliveryResult.Unwelcome unwelcome:
                delivery.IsRedelivery = true;
                LogUnwelcome(delivery.Entry.Sequence, delivery.Head.Method, delivery.Head.Path, unwelcome.Status, unwelcome.HeadStatus);
                break;
            default:
                health.ReportUp();
                break;
        }
    }

    private void Hand(long sequence, DeliveryResult result)
    {
        if (result is DeliveryResult.Delivered { Answer: var answer })
        {
            pending.Answered(sequence, answer);
        }
        else if (result is DeliveryResult.Unheld unheld)
        {
            pending.Undetermined(sequence, $"The application answered {unheld.Status}, but {unheld.Why}.");
        }
    }

    private void Settle(OutcomeRecord outcome)
    {
        if (!IsHead && comparison.Settle(outcome, Describe) is { } divergence)
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

    private bool IsHead => member.Standing.Current.Membership.Role == Role.Head;

    /// <summary>One write on its way, over all its attempts.</summary>
    private sealed class Delivery(JournalEntry entry, RequestHead head, bool isRedelivery)
    {
        public JournalEntry Entry => entry;

        public RequestHead Head => head;

        /// <summary>Whether the application may have seen it.</summary>
        public bool IsRedelivery { get; set; } = isRedelivery;
    }

    [LoggerMessage(LogLevel.Warning, "The application does not take write {Sequence}: {Why}. It is repeated until it does; order is kept.")]
    private partial void LogUnsent(long sequence, string why);

    [LoggerMessage(LogLevel.Warning, "Write {Sequence} ({Method} {Path}) may or may not have been applied: {Why}. It is delivered again, marked.")]
    private partial void LogLost(long sequence, string method, string path, string why);

    [LoggerMessage(LogLevel.Warning, "The application answers write {Sequence} ({Method} {Path}) with {Status}, the head's with {HeadStatus}. It is delivered again, marked.")]
    private partial void LogUnwelcome(long sequence, string method, string path, int status, int headStatus);

    [LoggerMessage(LogLevel.Error, "Divergence: the application answered write {Sequence} ({Method} {Path}) with {Status}, the head's with {HeadStatus}.")]
    private partial void LogDivergence(long sequence, string method, string path, int status, int headStatus);
}
