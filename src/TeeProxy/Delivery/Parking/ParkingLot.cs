using TeeProxy.Chain;

namespace TeeProxy.Delivery.Parking;

/// <summary>
/// Sets a write aside that this replica's application keeps refusing while the head's took it, so that those behind it
/// go on. Never two in a row, neither in a lane nor on the node: that is an outage, and the node waits. Thread-safe.
/// </summary>
/// <param name="after">How long it must have been refused; null: never parked.</param>
/// <param name="lastWasParked">Whether the last write that an earlier run finished was parked.</param>
internal sealed partial class ParkingLot(
    ParkedWrites writes, TimeSpan? after, bool lastWasParked, Problems problems, TimeProvider time, ILogger<ParkingLot> log)
{
    private readonly Lock _gate = new();

    // Under _gate: the parked write behind which nothing has been delivered yet, on the node (0: none) and in each lane.
    private readonly Dictionary<string, long> _lastInLane = new(StringComparer.Ordinal);
    private long _last = lastWasParked && writes.All is [.., var newest] ? newest.Sequence : 0;

    public ParkedWrites Writes => writes;

    /// <param name="refused">How long the application has been refusing the write.</param>
    public bool IsDue(TimeSpan refused) => refused >= after;

    /// <summary>Whether the write is parked, durably: then the cursor may go on.</summary>
    public bool TryPark(RecordedWrite write, DeliveryResult.Unwelcome refusal)
    {
        lock (_gate)
        {
            if (_last != 0 || _lastInLane.ContainsKey(write.Lane))
            {
                var before = _last != 0 ? _last : _lastInLane[write.Lane];
                Say("Outage", "the application", $"Write {before} is parked, and the application refuses what comes behind it too (with {refusal.Status}): that is an outage, so the node waits. Mend the application, or retry or drop write {before}.");
                return false;
            }

            try
            {
                writes.Add(
                    new ParkedWrite(
                        write.Sequence, write.Crc, write.Head.Method, write.Head.Path, write.BodyLength, refusal.Status, refusal.HeadStatus, time.GetUtcNow()),
                    write);
            }
            catch (IOException e)
            {
                Say("Unparked", $"write {write.Sequence}", $"Write {write.Sequence} is refused with {refusal.Status} and cannot be parked: {e.Message} It is tried again; those behind it wait.");
                return false;
            }

            _lastInLane[write.Lane] = _last = write.Sequence;
        }

        LogParked(write.Sequence, write.Head.Method, write.Head.Path, refusal.Status, refusal.HeadStatus);
        return true;
    }

    /// <summary>A write was delivered: the application works.</summary>
    public void Delivered(string lane)
    {
        lock (_gate)
        {
            _last = 0;
            _lastInLane.Remove(lane);
        }
    }

    /// <summary>A parked write is dealt with.</summary>
    public void Resolve(long sequence)
    {
        writes.Remove(sequence);
        lock (_gate)
        {
            _last = _last == sequence ? 0 : _last;
            foreach (var (lane, _) in _lastInLane.Where(one => one.Value == sequence).ToArray())
            {
                _lastInLane.Remove(lane);
            }
        }
    }

    private void Say(string verdict, string peer, string text)
    {
        if (problems.Report(verdict, peer, text))
        {
            LogBlocked(text);
        }
    }

    [LoggerMessage(LogLevel.Error, "Write {Sequence} ({Method} {Path}) is parked: the application keeps answering {Status}, the head's {HeadStatus}. The node gets no reads until it is retried or dropped: POST /admin/parked/{Sequence}/retry or /drop.", EventName = "write_parked")]
    private partial void LogParked(long sequence, string method, string path, int status, int headStatus);

    [LoggerMessage(LogLevel.Error, "{Text}", EventName = "delivery_blocked")]
    private partial void LogBlocked(string text);
}
