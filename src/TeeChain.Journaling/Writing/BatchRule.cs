namespace TeeChain.Journaling.Writing;

/// <summary>What of the backlog goes into one batch. Pure.</summary>
internal static class BatchRule
{
    /// <summary>
    /// How many items from the start: as many as fit, of one sort, each where it may follow the one before; a spooled body
    /// alone, so that it fails alone. The first is known to fit and to be nothing that is refused.
    /// </summary>
    /// <param name="room">In bytes.</param>
    /// <param name="epoch">Of the last committed record.</param>
    public static int Count(List<IPending> backlog, long room, long epoch, bool isSealed)
    {
        int count = 0;
        for (long begun = epoch; count < backlog.Count && backlog[count].Bytes <= room; count++)
        {
            var item = backlog[count];
            bool isOpen = !isSealed || begun > epoch; // an epoch that begins ends the seal
            if (item is SealRequest || (count > 0 && (IsSpooled(item) || !MayFollow(item, backlog[count - 1], begun, isOpen))))
            {
                break;
            }

            begun = item is AppendRequest { Epoch: { } next } ? next : begun;
            room -= item.Bytes;
            if (IsSpooled(item))
            {
                return count + 1;
            }
        }

        return count;
    }

    private static bool IsSpooled(IPending item) => item is AppendRequest { Payload.Spool: not null };

    private static bool MayFollow(IPending item, IPending before, long epoch, bool isOpen) => item switch
    {
        ReceivedRun run => before is ReceivedRun previous && run.Base == previous.Last,
        AppendRequest { Epoch: { } begun } => before is AppendRequest && begun > epoch,
        AppendRequest => before is AppendRequest && isOpen,
        _ => false,
    };
}
