using Microsoft.Extensions.Logging.Console;

namespace TeeChain.Fleet.Options;

/// <summary>Where a verb's log goes: standard output, one line an event.</summary>
internal static class ConsoleLog
{
    public static ILoggerFactory Create() => LoggerFactory.Create(logging => logging
        .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Error).SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None) // why a start failed is said by the verb, in one line
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None) // else every request costs an activity and a scope
        .AddSimpleConsole(console =>
            (console.SingleLine, console.ColorBehavior, console.TimestampFormat, console.UseUtcTimestamp) =
            (true, LoggerColorBehavior.Disabled, "yyyy-MM-ddTHH:mm:ss.fffZ ", true)));
}
