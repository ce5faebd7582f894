using System.Collections.Concurrent;
using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>
/// Records on the head what its application answered. An outcome rides with the next commit; one that the journal cannot
/// take now (the disk is full) is kept in the cursor's notes and offered again.
/// </summary>
internal sealed class HeadOutcomes(Journal journal, Comparison comparison)
{
    private readonly ConcurrentQueue<OutcomeRecord> _postponed = new();

    /// <summary>Called before the cursor is saved, so that no saved delivery lacks its outcome.</summary>
    /// <param name="digest">Of the answer; 0 where bodies are not compared.</param>
    public void Record(long sequence, int status, ulong digest)
    {
        comparison.Answered(sequence, status, digest);
        journal.Append(new OutcomeAppend(this, new OutcomeRecord(sequence, status, digest, digest == 0 ? 0 : comparison.Mask.Id)));
    }

    /// <summary>
    /// This node leads now, or again: what its application answered and no head has recorded, is what counts. A replica's
    /// own answers that wait for the old head's outcome are among them.
    /// </summary>
    /// <param name="isDone">Whether a write was delivered; one that was not will be answered again.</param>
    public void TakeOver(Func<long, bool> isDone)
    {
        foreach (var (sequence, status) in comparison.Snapshot().Unsettled.Where(row => isDone(row.Key)))
        {
            Record(sequence, status, comparison.DigestOf(sequence));
        }
    }

    /// <summary>Offers again what the journal could not take.</summary>
    public void RetryPostponed()
    {
        for (var left = _postponed.Count; left > 0 && _postponed.TryDequeue(out var outcome); left--)
        {
            journal.Append(new OutcomeAppend(this, outcome));
        }
    }

    // A server error is what replicas may be waiting for, so it does not wait for company.
    private sealed class OutcomeAppend(HeadOutcomes outcomes, OutcomeRecord outcome)
        : AppendRequest(EntryKind.Outcome, EntryPayload.InMemory(outcome.Encode(), default), lazy: !outcome.IsServerError)
    {
        protected override void OnSequenced(JournalPosition position)
        {
        }

        protected override void OnCommitted() => outcomes.Forget(outcome.Sequence);

        protected override void OnFailed(AppendFailure failure)
        {
            if (failure is AppendFailure.DiskFull or AppendFailure.BudgetFull)
            {
                outcomes._postponed.Enqueue(outcome);
            }
        }
    }

    private void Forget(long sequence) => comparison.Forget(sequence);
}
