namespace TeeProxy.Hop;

/// <summary>
/// How much may be on its way without an ack. It always admits one entry, however long. One sender, one acknowledger;
/// thread-safe between the two.
/// </summary>
internal sealed class SendWindow(long bytes, long resumedBehind) : IDisposable
{
    private readonly Queue<(long Sequence, long SentBytes)> _unacked = new();
    private readonly SemaphoreSlim _opened = new(0, 1);
    private long _sentBytes;
    private long _ackedBytes;
    private long _acked = resumedBehind;
    private long _lastWhole = resumedBehind;

    /// <summary>The sender has written so many bytes; the last record that is wholly out is <paramref name="lastWhole"/>.</summary>
    public void Sent(int count, long lastWhole)
    {
        lock (_unacked)
        {
            _sentBytes += count;
            if (lastWhole > _lastWhole)
            {
                _lastWhole = lastWhole;
                _unacked.Enqueue((lastWhole, _sentBytes));
            }
        }
    }

    /// <summary>The successor has everything up to <paramref name="sequence"/> on its disk.</summary>
    public void Acked(long sequence)
    {
        lock (_unacked)
        {
            _acked = Math.Max(_acked, sequence);
            while (_unacked.TryPeek(out var oldest) && oldest.Sequence <= _acked)
            {
                _ackedBytes = oldest.SentBytes;
                _unacked.Dequeue();
            }

            if (IsOpen && _opened.CurrentCount == 0)
            {
                _opened.Release();
            }
        }
    }

    /// <summary>Until more may be sent.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_unacked)
            {
                if (IsOpen)
                {
                    return;
                }
            }

            await _opened.WaitAsync(cancellation);
        }
    }

    public void Dispose() => _opened.Dispose();

    // Invariant: open whenever no whole record is unacknowledged, so the rest of a long entry always gets out.
    private bool IsOpen => _sentBytes - _ackedBytes < bytes || _lastWhole <= _acked;
}
