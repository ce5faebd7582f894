using Polly;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Delivery.Parking;

namespace TeeProxy.Delivery;

/// <summary>
/// Delivers one write to the local application, for as long as it takes. A complete answer is a delivery; anything else
/// is repeated, marked where the application may have seen it. Thread-safe; one call a write.
/// </summary>
/// <param name="busy">Null where writes are delivered side by side.</param>
/// <param name="abort">Gives up what is in flight: the node's time to stop is over.</param>
internal sealed partial class WriteDelivery(
    ApplicationClient client,
    ChainMember member,
    LocalCursor cursor,
    PendingWrites pending,
    OutcomeScout scout,
    ApplicationHealth health,
    ResiliencePipeline<DeliveryResult> retry,
    DeliveryInstruments instruments,
    BusyWatch? busy,
    ParkingLot parking,
    TimeProvider time,
    ILogger<WriteDelivery> log,
    CancellationToken abort)
{
    /// <summary>Returns when the application has answered, or the write is parked.</summary>
    /// <param name="isSuspect">Whether the application may have seen the write before this process began.</param>
    /// <exception cref="OperationCanceledException">The node stops; the write stays undelivered.</exception>
    public async ValueTask<DeliveryResult> DeliverAsync(RecordedWrite write, bool isSuspect)
    {
        // One attempt is enough for nearly every write, and costs less than the pipeline around it.
        var attempts = new Attempts(write, isSuspect);
        var first = await AttemptAsync(attempts, abort);
        if (!DeliveryRetry.IsRepeated(first))
        {
            return first;
        }

        attempts.First = first;
        return await retry.ExecuteAsync(static (state, abort) => state.Self.NextAttemptAsync(state.Attempts, abort), (Self: this, Attempts: attempts), abort);
    }

    /// <summary>The pipeline's view: the first attempt was made already.</summary>
    private ValueTask<DeliveryResult> NextAttemptAsync(Attempts attempts, CancellationToken abort)
    {
        var first = attempts.First;
        attempts.First = null;
        return first is null ? AttemptAsync(attempts, abort) : ValueTask.FromResult(first);
    }

    /// <summary>One attempt, and what follows from how it ended.</summary>
    private async ValueTask<DeliveryResult> AttemptAsync(Attempts attempts, CancellationToken abort)
    {
        if (attempts.IsRedelivery)
        {
            cursor.CountRedelivery();
        }

        var started = instruments.Now;
        var result = await client.SendAsync(attempts.Write, member.Standing.Current.Membership.Chain!.Value, attempts.IsRedelivery, pending.IsAwaited(attempts.Write.Sequence), abort);
        if (result is DeliveryResult.Answered)
        {
            busy?.Worked(started);
        }

        if (result is DeliveryResult.Delivered { Answer: { Status: >= 500 } failed } && !member.IsHead)
        {
            result = await JudgeAsync(attempts.Write.Sequence, failed, result, abort);
        }

        instruments.Attempted(started, result);
        Note(attempts, result);
        return result is DeliveryResult.Unwelcome refusal && IsParked(attempts, refusal) ? new DeliveryResult.Parked(refusal.Status, refusal.HeadStatus) : result;
    }

    private bool IsParked(Attempts attempts, DeliveryResult.Unwelcome refusal) =>
        attempts.RefusedSince is { } since && parking.IsDue(time.GetElapsedTime(since)) && parking.TryPark(attempts.Write, refusal);

    /// <summary>A replica's server error is agreement only where the head's application failed too.</summary>
    private async Task<DeliveryResult> JudgeAsync(long sequence, Answer failed, DeliveryResult result, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var outcome = scout.FindAsync(sequence, either.Token);
        var leading = member.Standing.WaitAsync(static standing => standing.MayTakeWrites, either.Token);
        await Task.WhenAny(outcome, leading);
        await either.CancelAsync();
        if (leading.IsCompletedSuccessfully || (await outcome).IsServerError)
        {
            return result; // a node that was promoted meanwhile judges by itself
        }

        failed.Body.Dispose();
        return new DeliveryResult.Unwelcome(failed.Status, (await outcome).Status);
    }

    private void Note(Attempts attempts, DeliveryResult result)
    {
        attempts.RefusedSince = result is DeliveryResult.Unwelcome ? attempts.RefusedSince ?? time.GetTimestamp() : null;
        switch (result)
        {
            case DeliveryResult.Unsent unsent:
                if (health.ReportDown(unsent.Why))
                {
                    LogUnsent(attempts.Write.Sequence, unsent.Why);
                }

                break;
            case DeliveryResult.Lost lost:
                attempts.IsRedelivery = true;
                LogLost(attempts.Write.Sequence, attempts.Write.Head.Method, attempts.Write.Head.Path, lost.Why);
                if (lost.IsTimeout)
                {
                    pending.Undetermined(attempts.Write.Sequence, $"The application gave {lost.Why}; the write is recorded and will be delivered again.");
                }

                break;
            case DeliveryResult.Unwelcome unwelcome:
                attempts.IsRedelivery = true;
                LogUnwelcome(attempts.Write.Sequence, attempts.Write.Head.Method, attempts.Write.Head.Path, unwelcome.Status, unwelcome.HeadStatus);
                break;
            default:
                health.ReportUp();
                break;
        }
    }

    /// <summary>One write on its way, over all its attempts.</summary>
    private sealed class Attempts(RecordedWrite write, bool isRedelivery)
    {
        public RecordedWrite Write => write;

        /// <summary>Whether the application may have seen it.</summary>
        public bool IsRedelivery { get; set; } = isRedelivery;

        /// <summary>How the first attempt ended, until the pipeline has heard of it.</summary>
        public DeliveryResult? First { get; set; }

        /// <summary>When the application, which answers since then, began to refuse it.</summary>
        public long? RefusedSince { get; set; }
    }

    [LoggerMessage(LogLevel.Warning, "The application does not take write {Sequence}: {Why}. It is repeated until it does; order is kept.", EventName = "delivery_unsent")]
    private partial void LogUnsent(long sequence, string why);

    [LoggerMessage(LogLevel.Warning, "Write {Sequence} ({Method} {Path}) may or may not have been applied: {Why}. It is delivered again, marked.", EventName = "delivery_lost")]
    private partial void LogLost(long sequence, string method, string path, string why);

    [LoggerMessage(LogLevel.Warning, "The application answers write {Sequence} ({Method} {Path}) with {Status}, the head's with {HeadStatus}. It is delivered again, marked.", EventName = "delivery_unwelcome")]
    private partial void LogUnwelcome(long sequence, string method, string path, int status, int headStatus);
}
