namespace TeeProxy.Ingress;

/// <summary>What ingress has to say. Nothing a request at Information: counters tell those.</summary>
internal static partial class IngressLog
{
    [LoggerMessage(EventName = "request_failed", Level = LogLevel.Error, Message = "A request failed in the node itself: {Method} {Path}. This is a defect; please report it.")]
    public static partial void RequestFailed(this ILogger logger, Exception cause, string method, string? path);

    [LoggerMessage(EventName = "spool_failing", Level = LogLevel.Error, Message = "Bodies cannot be spooled: {Why}. Long writes are refused until the data folder works again.")]
    public static partial void SpoolFails(this ILogger logger, string? why);

    [LoggerMessage(EventName = "spool_back", Level = LogLevel.Information, Message = "Bodies are spooled again.")]
    public static partial void SpoolWorks(this ILogger logger);

    [LoggerMessage(EventName = "disk_full", Level = LogLevel.Error, Message = "The disk of the data folder is full: writes are refused until there is room.")]
    public static partial void DiskFull(this ILogger logger);

    [LoggerMessage(EventName = "disk_back", Level = LogLevel.Information, Message = "The disk of the data folder has room again: writes are recorded.")]
    public static partial void DiskBack(this ILogger logger);

    [LoggerMessage(EventName = "pass_failed", Level = LogLevel.Debug, Message = "{Method} {Path} could not be passed to the application: {Error}")]
    public static partial void PassFailed(this ILogger logger, Exception? cause, string method, string path, Yarp.ReverseProxy.Forwarder.ForwarderError error);
}
