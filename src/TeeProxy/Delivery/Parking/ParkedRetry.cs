using TeeProxy.Chain;

namespace TeeProxy.Delivery.Parking;

/// <summary>What became of an operator's wish.</summary>
/// <param name="Status">The HTTP status that says it.</param>
internal readonly record struct ParkedOutcome(int Status, string Text);

/// <summary>Deals with parked writes when an operator says so, one at a time.</summary>
/// <param name="abort">Gives up what is in flight: the node's time to stop is over.</param>
internal sealed partial class ParkedRetry(
    ParkingLot parking, ApplicationClient client, LocalCursor cursor, ChainMember member, ILogger<ParkedRetry> log, CancellationToken abort) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Delivers it now: out of order, marked. It stays parked unless the application takes it.</summary>
    public Task<ParkedOutcome> RetryAsync(long sequence) => WithAsync(sequence, DeliverAsync);

    /// <summary>Lets go of it: this node's application will never have it.</summary>
    public Task<ParkedOutcome> DropAsync(long sequence) => WithAsync(sequence, Drop);

    public void Dispose() => _turn.Dispose();

    private async Task<ParkedOutcome> WithAsync(long sequence, Func<ParkedWrite, Task<ParkedOutcome>> act)
    {
        await _turn.WaitAsync(abort);
        try
        {
            return parking.Writes.All.FirstOrDefault(one => one.Sequence == sequence) is { } parked
                ? await act(parked)
                : new ParkedOutcome(404, $"Write {sequence} is not parked here.");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new ParkedOutcome(500, $"Write {sequence} stays parked: {e.Message}");
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ParkedOutcome> DeliverAsync(ParkedWrite parked)
    {
        var write = parking.Writes.Load(parked.Sequence);
        cursor.CountRedelivery();
        var result = await client.SendAsync(write, member.Standing.Current.Membership.Chain!.Value, isRedelivery: true, isAwaited: false, abort);
        switch (result)
        {
            case DeliveryResult.Answered { Status: >= 500 and var status }:
                return new ParkedOutcome(409, $"Write {parked.Sequence} stays parked: the application answers {status} again.");
            case DeliveryResult.Answered { Status: var status }:
                if (status != parked.HeadStatus)
                {
                    cursor.Differ(parked.Sequence, status);
                }

                parking.Resolve(parked.Sequence);
                LogRetried(parked.Sequence, parked.Method, parked.Path, status, parked.HeadStatus);
                return new ParkedOutcome(200, $"Write {parked.Sequence} is delivered, out of order: the application answered {status}, the head's {parked.HeadStatus}.");
            case DeliveryResult.Unsent unsent:
                return new ParkedOutcome(502, $"Write {parked.Sequence} stays parked: the application does not take it: {unsent.Why}.");
            case DeliveryResult.Lost lost:
                return new ParkedOutcome(502, $"Write {parked.Sequence} stays parked and may or may not have been applied: {lost.Why}.");
            default:
                throw new InvalidOperationException("An attempt ended in a way that it cannot.");
        }
    }

    private Task<ParkedOutcome> Drop(ParkedWrite parked)
    {
        cursor.Differ(parked.Sequence, status: 0);
        parking.Resolve(parked.Sequence);
        LogDropped(parked.Sequence, parked.Method, parked.Path);
        return Task.FromResult(new ParkedOutcome(200, $"Write {parked.Sequence} is dropped. This node's application does not have it; its digest differs from the others' from now on."));
    }

    [LoggerMessage(LogLevel.Warning, "The parked write {Sequence} ({Method} {Path}) is delivered, out of order: the application answered {Status}, the head's {HeadStatus}.", EventName = "parked_retried")]
    private partial void LogRetried(long sequence, string method, string path, int status, int headStatus);

    [LoggerMessage(LogLevel.Warning, "The parked write {Sequence} ({Method} {Path}) is dropped: this node's application does not have it.", EventName = "parked_dropped")]
    private partial void LogDropped(long sequence, string method, string path);
}
