using TeeChain.Logging;

namespace TeeChain.Fleet.Options;

/// <summary>What of a verb that runs on, and of the libraries, is logged.</summary>
internal static class ConsoleLog
{
    public static ILoggerFactory Create(bool json) => LoggerFactory.Create(logging => logging
        .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Error).SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // why a start failed is said by the verb, in one line
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None) // else every request costs an activity and a scope
        .AddLines(json));
}
