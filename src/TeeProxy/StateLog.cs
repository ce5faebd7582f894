using TeeChain.Protocol.Status;
using TeeProxy.Chain;

namespace TeeProxy;

/// <summary>
/// One line for each change of what the node is, of what it may be sent, and of whether what it is sent finds room on its disk;
/// what is shorter than an interval shows in the metrics.
/// </summary>
/// <param name="isWaitingForRoom">Whether what came from the node before waits for room on the disk.</param>
internal sealed partial class StateLog(Func<Membership> membership, Func<ReadyStatus> ready, Func<bool> isWaitingForRoom, DiskLog disk, ILogger log)
{
    private (Role Role, long Epoch, Guid? Head) _told;
    private bool _isForWrites;
    private bool _isForReads;
    private bool _isWaitingForRoom;

    /// <summary>Tells what has changed since the last time; at first a node was nothing and ready for nothing.</summary>
    public void Step()
    {
        var now = membership();
        if ((now.Role, now.Epoch, now.Head) != _told)
        {
            _told = (now.Role, now.Epoch, now.Head);
            if (now.Role == Role.Head)
            {
                LogHead(now.Epoch);
            }
            else if (now.Role == Role.Replica)
            {
                LogReplica(now.Epoch, now.HeadAddress ?? "not known");
            }
        }

        var status = ready();
        var (write, read) = (status.Write, status.Read);
        if (write.Ok != _isForWrites)
        {
            _isForWrites = write.Ok;
            Tell("writes", write);
        }

        if (read.Ok != _isForReads)
        {
            _isForReads = read.Ok;
            Tell("reads", read);
        }

        TellDisk(isWaitingForRoom());
    }

    // Only a change is told: on a head nothing is ever sent, and its clients' writes find out about the disk.
    private void TellDisk(bool isWaiting)
    {
        if (isWaiting == _isWaitingForRoom)
        {
            return;
        }

        _isWaitingForRoom = isWaiting;
        if (isWaiting)
        {
            disk.Full();
        }
        else
        {
            disk.HasRoom();
        }
    }

    private void Tell(string what, Readiness answer)
    {
        if (answer.Ok)
        {
            LogReady(what);
        }
        else
        {
            LogNotReady(what, answer.Why ?? "");
        }
    }

    [LoggerMessage(LogLevel.Information, "This node is the head, in epoch {Epoch}.", EventName = "role_head")]
    private partial void LogHead(long epoch);

    [LoggerMessage(LogLevel.Information, "This node is a replica, in epoch {Epoch}; the head is {Head}.", EventName = "role_replica")]
    private partial void LogReplica(long epoch, string head);

    [LoggerMessage(LogLevel.Information, "Ready for {What}.", EventName = "ready")]
    private partial void LogReady(string what);

    [LoggerMessage(LogLevel.Warning, "Not ready for {What} any more: {Why}", EventName = "not_ready")]
    private partial void LogNotReady(string what, string why);
}
