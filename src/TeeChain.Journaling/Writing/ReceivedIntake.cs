namespace TeeChain.Journaling.Writing;

/// <summary>
/// The replica's way in: checks what another node sent, and holds it back when much is pending. One caller at a time.
/// </summary>
internal sealed class ReceivedIntake(WriteQueue queue, int mostRunBytes)
{
    /// <summary>As much as four full windows of the hop; beyond it the sender waits.</summary>
    public const long MostPendingBytes = 4 << 20;

    private readonly Lock _gate = new();
    private long _pendingBytes;
    private JournalPosition _tail;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _emptied;
    private string? _rejection;
    private bool _isWaitingForRoom;
    private bool _isEnded;

    /// <summary>The last try to commit what is pending found no room. For any thread.</summary>
    public bool IsWaitingForRoom
    {
        get
        {
            lock (_gate)
            {
                return _isWaitingForRoom;
            }
        }
    }

    /// <param name="records">Whole records; not looked at any more when this completes: a long one is written from where it is, others are copied.</param>
    /// <param name="last">The last committed position; counts when nothing is pending.</param>
    /// <param name="cancellation">Ends a wait for room among what is pending; then nothing was taken.</param>
    public async ValueTask<ReceiveResult> AppendAsync(ReadOnlyMemory<byte> records, Func<JournalPosition> last, CancellationToken cancellation)
    {
        while (TryEnter(out var refusal, out var drained))
        {
            if (refusal is { } result)
            {
                return result;
            }

            await drained!.WaitAsync(cancellation);
        }

        var taken = Take(records, last, out var isBorrowed);
        if (isBorrowed)
        {
            await WhenEmptyAsync(CancellationToken.None);
        }

        return taken;
    }

    /// <summary>Completes when nothing that was accepted is pending any more.</summary>
    public Task WhenEmptyAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_pendingBytes == 0 || _isEnded)
            {
                return Task.CompletedTask;
            }

            _emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _emptied.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Called by the writer thread after a commit, with the new last position published before.</summary>
    public void Committed(long bytes)
    {
        lock (_gate)
        {
            _isWaitingForRoom = false;
            Release(bytes);
        }
    }

    /// <summary>Called by the writer thread: what is pending stays, and is tried again.</summary>
    public void RefuseForRoom()
    {
        lock (_gate)
        {
            _isWaitingForRoom = true;
            Wake();
        }
    }

    /// <summary>Called by the writer thread: a run no longer follows, since this node appended an entry of its own in between.</summary>
    public void Dropped(long bytes, string reason)
    {
        lock (_gate)
        {
            _rejection = reason;
            Release(bytes);
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            Wake();
            _emptied?.TrySetResult();
        }
    }

    /// <summary>True when the caller may not take now: then there is a refusal, or something to wait for.</summary>
    private bool TryEnter(out ReceiveResult? refusal, out Task? drained)
    {
        lock (_gate)
        {
            drained = null;
            refusal = _isEnded ? ReceiveResult.Faulted
                : _rejection is not null ? ReceiveResult.Rejected(_rejection)
                : _pendingBytes > MostPendingBytes && _isWaitingForRoom ? ReceiveResult.DiskFull
                : null;
            _rejection = null;
            if (refusal is null && _pendingBytes > MostPendingBytes)
            {
                _drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                drained = _drained.Task;
            }

            return refusal is not null || drained is not null;
        }
    }

    private ReceiveResult Take(ReadOnlyMemory<byte> records, Func<JournalPosition> last, out bool isBorrowed)
    {
        isBorrowed = false;
        var runs = new List<ReceivedRun>();
        lock (_gate)
        {
            var tail = _pendingBytes == 0 ? last() : _tail;
            if (ReceivedRun.TryCut(records, tail, mostRunBytes, runs) is { } wrong)
            {
                return ReceiveResult.Rejected(wrong);
            }

            if (!queue.TryAddAll(runs))
            {
                return ReceiveResult.Faulted;
            }

            _pendingBytes += records.Length;
            _tail = runs.Count == 0 ? tail : runs[^1].Last;
            isBorrowed = runs.Exists(run => run.IsBorrowed);
            return ReceiveResult.Accepted;
        }
    }

    private void Release(long bytes)
    {
        _pendingBytes -= bytes;
        if (_pendingBytes <= MostPendingBytes)
        {
            Wake();
        }

        if (_pendingBytes == 0)
        {
            _emptied?.TrySetResult();
            _emptied = null;
        }
    }

    private void Wake()
    {
        _drained?.TrySetResult();
        _drained = null;
    }
}
