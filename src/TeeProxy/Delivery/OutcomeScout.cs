using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>Looks ahead in a replica's journal for what the head's application answered to one write.</summary>
internal sealed class OutcomeScout(Journal journal)
{
    /// <summary>Waits until the outcome is here: the head may not have it yet.</summary>
    public async Task<OutcomeRecord> FindAsync(long sequence, CancellationToken cancellation)
    {
        using var reader = journal.OpenReader(sequence);
        while (await reader.WaitAsync(cancellation))
        {
            while (reader.TryRead(out var entry))
            {
                if (entry.Kind == EntryKind.Outcome && OutcomeRecord.Decode(entry.Head.Span) is var outcome && outcome.Sequence == sequence)
                {
                    return outcome;
                }
            }
        }

        throw new OperationCanceledException("The journal closed.");
    }
}
