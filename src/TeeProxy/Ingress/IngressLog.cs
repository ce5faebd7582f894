namespace TeeProxy.Ingress;

/// <summary>What ingress has to say. Nothing a request at Information: counters tell those.</summary>
internal static partial class IngressLog
{
    [LoggerMessage(LogLevel.Error, "A request failed in the node itself: {Method} {Path}. This is a defect; please report it.", EventName = "request_failed")]
    public static partial void RequestFailed(this ILogger logger, Exception cause, string method, string? path);

    [LoggerMessage(LogLevel.Error, "Bodies cannot be spooled: {Why}. Long writes are refused until the data folder works again.", EventName = "spool_failing")]
    public static partial void SpoolFails(this ILogger logger, string? why);

    [LoggerMessage(LogLevel.Information, "Bodies are spooled again.", EventName = "spool_back")]
    public static partial void SpoolWorks(this ILogger logger);

    [LoggerMessage(LogLevel.Debug, "{Method} {Path} could not be passed to the application: {Error}", EventName = "pass_failed")]
    public static partial void PassFailed(this ILogger logger, Exception? cause, string method, string path, Yarp.ReverseProxy.Forwarder.ForwarderError error);
}
