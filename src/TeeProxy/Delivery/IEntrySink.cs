using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>Where a cursor takes what the journal has committed: the local application, or the next node.</summary>
internal interface IEntrySink
{
    /// <summary>
    /// Takes all that can be read now. Returns when nothing more can, or when <paramref name="stopping"/> is set and what
    /// was begun is finished.
    /// </summary>
    ValueTask DrainAsync(JournalReader reader, CancellationToken stopping);
}
