using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>
/// Follows the journal and hands what is committed to a sink. Used twice: to the local application and to the next node.
/// It reads only what is committed, so what a sink has seen is never forgotten.
/// </summary>
internal sealed class JournalCursor(JournalReader reader, IEntrySink sink) : IDisposable
{
    /// <summary>Until <paramref name="stopping"/>, or until the journal closes; returns normally for either.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await reader.WaitAsync(stopping))
            {
                await sink.DrainAsync(reader, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop; what was begun is finished, or was given up by whoever asked.
        }
    }

    public void Dispose() => reader.Dispose();
}
