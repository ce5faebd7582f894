using System.Collections.Concurrent;

namespace TeeProxy.Acks;

/// <summary>
/// The clients' writes that are recorded and not yet answered, by sequence. Here ingress and delivery meet, and
/// nowhere else. A write leaves when its application has answered and the ack level is reached, in whatever order.
/// Bounded by the number of connections: each has at most one write here. Thread-safe.
/// </summary>
/// <param name="isOpen">Whether answers need nothing but the application, until <see cref="Reach"/> says otherwise.</param>
internal sealed class PendingWrites(bool isOpen = true)
{
    private readonly ConcurrentDictionary<long, PendingWrite> _bySequence = new();

    /// <summary>Writes that have their answer and wait for the level. Guards itself, and the fields below are written under it.</summary>
    private readonly SortedSet<PendingWrite> _held = new(Comparer<PendingWrite>.Create(static (a, b) => a.Sequence.CompareTo(b.Sequence)));

    private bool _isOpen = isOpen;
    private int _entering;
    private long _reached; // Never falls: what every node once had it has.

    /// <summary>Writes that wait, for the application or for the level.</summary>
    public int Count
    {
        get
        {
            lock (_held)
            {
                return _bySequence.Count + _held.Count;
            }
        }
    }

    /// <summary>Writes made and not yet seen in the journal or refused: of them nobody knows yet whether they will be there.</summary>
    public int Entering => Volatile.Read(ref _entering);

    /// <summary>A write is made: a full fence, so that who sees no hold after it is seen by who holds.</summary>
    public void Enter() => Interlocked.Increment(ref _entering);

    /// <summary>It can be read in the journal, or never will be.</summary>
    public void Entered() => Interlocked.Decrement(ref _entering);

    /// <summary>Called by the journal's writer before anybody can read the write, so an answer always finds it.</summary>
    public void Add(PendingWrite write) => _bySequence[write.Sequence] = write;

    /// <summary>Whether the application's answer to <paramref name="sequence"/> is wanted.</summary>
    public bool IsAwaited(long sequence) => _bySequence.ContainsKey(sequence);

    /// <summary>
    /// Ingress waits no longer (time is up, or the client has gone): an answer that is here is let go, one that comes later
    /// finds nobody. The write must be completed before, so that an answer that comes at this moment is not held.
    /// </summary>
    public void Forget(PendingWrite write)
    {
        if (_bySequence.TryRemove(new(write.Sequence, write)))
        {
            return;
        }

        lock (_held)
        {
            if (!_held.TryGetValue(write, out var held) || held != write)
            {
                return;
            }

            _held.Remove(write);
        }

        write.TellAnswer();
    }

    /// <summary>The application has answered <paramref name="sequence"/>. The answer's body is disposed here when nobody waits for it.</summary>
    public void Answered(long sequence, Answer answer)
    {
        if (!_bySequence.TryRemove(sequence, out var write))
        {
            answer.Body.Dispose();
            return;
        }

        write.Answer = answer;
        if (IsReached(sequence) || !TryHold(write))
        {
            write.TellAnswer();
        }
    }

    /// <summary>
    /// The level is reached up to and with <paramref name="sequence"/>; <see cref="CountingRule.Everything"/> while there
    /// is nobody to wait for. A lower one than before changes nothing for what was reached.
    /// </summary>
    public void Reach(long sequence)
    {
        if (sequence != CountingRule.Everything && sequence <= Volatile.Read(ref _reached) && !Volatile.Read(ref _isOpen))
        {
            return;
        }

        List<PendingWrite>? due = null;
        lock (_held)
        {
            Volatile.Write(ref _isOpen, sequence == CountingRule.Everything);
            if (!_isOpen)
            {
                Volatile.Write(ref _reached, Math.Max(_reached, sequence));
            }

            while (_held.Min is { } first && IsReached(first.Sequence))
            {
                _held.Remove(first);
                (due ??= []).Add(first);
            }
        }

        due?.ForEach(static write => write.TellAnswer());
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

        PendingWrite[] held;
        lock (_held)
        {
            held = [.. _held];
        }

        foreach (var write in held)
        {
            write.TryComplete(new WriteResult.Undetermined(write.Sequence, why));
            Forget(write);
        }
    }

    private bool IsReached(long sequence) => Volatile.Read(ref _isOpen) || sequence <= Volatile.Read(ref _reached);

    /// <summary>False when the level was reached, or ingress left, at this very moment.</summary>
    private bool TryHold(PendingWrite write)
    {
        lock (_held)
        {
            return !IsReached(write.Sequence) && !write.Completion.IsCompleted && _held.Add(write);
        }
    }
}
