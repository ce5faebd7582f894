namespace TeeProxy;

/// <summary>
/// One line when the disk of the data folder is found full and one when it has room again, however often either is found:
/// on a head by clients' writes, on a replica by what the node before sends or by its opening. Thread-safe.
/// </summary>
internal sealed partial class DiskLog(ILogger log)
{
    private int _isFull;

    public void Full()
    {
        if (Interlocked.Exchange(ref _isFull, 1) == 0)
        {
            LogFull();
        }
    }

    /// <summary>Called for every write that was recorded: without trouble it costs one read.</summary>
    public void HasRoom()
    {
        if (Volatile.Read(ref _isFull) == 1 && Interlocked.Exchange(ref _isFull, 0) == 1)
        {
            LogBack();
        }
    }

    [LoggerMessage(LogLevel.Error, "The disk of the data folder is full: nothing is recorded until there is room.", EventName = "disk_full")]
    private partial void LogFull();

    [LoggerMessage(LogLevel.Information, "The disk of the data folder has room again: writes are recorded.", EventName = "disk_back")]
    private partial void LogBack();
}
