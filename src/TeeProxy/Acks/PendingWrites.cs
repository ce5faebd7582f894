using System.Collections.Concurrent;

namespace TeeProxy.Acks;

/// <summary>
/// The clients' writes that are recorded and not yet answered, by sequence. Here ingress and delivery meet, and
/// nowhere else. Bounded by the number of connections: each has at most one write here.
/// </summary>
internal sealed class PendingWrites
{
    private readonly ConcurrentDictionary<long, PendingWrite> _bySequence = new();

    /// <summary>Writes that wait.</summary>
    public int Count => _bySequence.Count;

    /// <summary>Called by the journal's writer before anybody can read the write, so an answer always finds it.</summary>
    public void Add(PendingWrite write) => _bySequence[write.Sequence] = write;

    /// <summary>Ingress waits no longer (time is up, or the client has gone): an answer that comes later finds nobody.</summary>
    public void Forget(PendingWrite write) => _bySequence.TryRemove(new(write.Sequence, write));

    /// <summary>The application has answered <paramref name="sequence"/>. The answer's body is disposed here when nobody waits for it.</summary>
    public void Answered(long sequence, Answer answer)
    {
        if (!_bySequence.TryRemove(sequence, out var write) || !write.TryComplete(new WriteResult.Answered(sequence, answer)))
        {
            answer.Body.Dispose();
        }
    }

    /// <summary>The write stays recorded and will be delivered, but its client should not wait for the answer.</summary>
    public void Undetermined(long sequence, string why)
    {
        if (_bySequence.TryRemove(sequence, out var write))
        {
            write.TryComplete(new WriteResult.Undetermined(sequence, why));
        }
    }

    /// <summary>The node stops: all that still wait are told that their write is recorded.</summary>
    public void ReleaseAll(string why)
    {
        foreach (var sequence in _bySequence.Keys)
        {
            Undetermined(sequence, why);
        }
    }
}
