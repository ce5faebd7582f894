using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>
/// Follows the journal and hands what is committed to a sink. Used twice: to the local application and to the next node.
/// It reads only what is committed, so what a sink has seen is never forgotten.
/// </summary>
internal sealed class JournalCursor(JournalReader reader, IEntrySink sink) : IDisposable
{
    /// <summary>Until <paramref name="stopping"/>, or until the journal closes; returns normally for either, with nothing in flight.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await FollowAsync(stopping);
            await sink.FinishAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop; what was begun is finished, or was given up by whoever asked.
        }
    }

    public void Dispose() => reader.Dispose();

    private async Task FollowAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, sink.Failing);
        try
        {
            while (await reader.WaitAsync(ending.Token))
            {
                await sink.DrainAsync(reader, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Nothing more is read; what goes on beside is finished next.
        }
    }
}
