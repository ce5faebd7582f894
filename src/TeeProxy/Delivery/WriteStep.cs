using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery.Parking;

namespace TeeProxy.Delivery;

/// <summary>One write, from the journal to everybody whom the application's answer concerns. Thread-safe; one call a write.</summary>
internal sealed class WriteStep(
    WriteDelivery delivery, LocalCursor cursor, Comparison comparison, HeadOutcomes outcomes, ParkingLot parking, PendingWrites pending, Progress progress, ChainMember member)
{
    public async Task RunAsync(RecordedWrite write)
    {
        switch (await delivery.DeliverAsync(write, cursor.IsSuspect(write.Sequence)))
        {
            case DeliveryResult.Answered answered:
                Finish(write, answered);
                break;
            case DeliveryResult.Parked parked:
                comparison.Answered(write.Sequence, parked.Status);
                cursor.Parked(write.Sequence, write.Crc, parked.HeadStatus);
                break;
        }

        progress.Apply(cursor.Watermark);
    }

    private void Finish(RecordedWrite write, DeliveryResult.Answered result)
    {
        if (result.Kept is { } kept)
        {
            comparison.Answers?.Keep(write.Sequence, kept); // before it is compared, so that one that differs is found
        }

        // The order matters: outcome, then cursor, then client. A crash in between delivers again, and loses nothing.
        if (member.IsHead)
        {
            outcomes.Record(write.Sequence, result.Status, result.Kept?.Digest ?? 0);
        }
        else
        {
            comparison.Answered(write.Sequence, result.Status, result.Kept?.Digest ?? 0);
        }

        parking.Delivered(write.Lane);
        cursor.Delivered(write.Sequence, write.Crc, result.Status);
        switch (result)
        {
            case DeliveryResult.Delivered delivered:
                pending.Answered(write.Sequence, delivered.Answer);
                break;
            case DeliveryResult.Unheld unheld:
                pending.Undetermined(write.Sequence, $"The application answered {unheld.Status}, but {unheld.Why}.");
                break;
        }
    }
}
