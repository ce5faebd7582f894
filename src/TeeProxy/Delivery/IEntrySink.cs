using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>Where a cursor takes what the journal has committed: the local application, or the next node.</summary>
internal interface IEntrySink
{
    /// <summary>Set when something that goes on beside <see cref="DrainAsync"/> has failed; <see cref="FinishAsync"/> throws why.</summary>
    CancellationToken Failing => CancellationToken.None;

    /// <summary>
    /// Takes all that can be read now. Returns when nothing more can, or when <paramref name="stopping"/> is set and what
    /// it was waiting for is finished. What goes on beside it may go on.
    /// </summary>
    ValueTask DrainAsync(JournalReader reader, CancellationToken stopping);

    /// <summary>Called last: until what goes on beside is finished. Throws at once what it failed with.</summary>
    ValueTask FinishAsync() => ValueTask.CompletedTask;
}
