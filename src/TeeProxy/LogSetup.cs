using Microsoft.Extensions.Logging.Console;

namespace TeeProxy;

/// <summary>Where the log goes: standard output, one line an event, as text for people or JSON for machines.</summary>
internal static class LogSetup
{
    public static ILoggerFactory Create(bool json) => LoggerFactory.Create(logging =>
    {
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning).SetMinimumLevel(LogLevel.Information);

        // Where this category logs at all, were it only what never comes, each request costs an activity and a scope: 1.6 % of the
        // processor at full load. The node's own spans (--otlp) do not come from there.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (json)
        {
            logging.AddConsole(console => console.FormatterName = JsonLines.Format).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }
        else
        {
            logging.AddSimpleConsole(console =>
                (console.SingleLine, console.ColorBehavior, console.TimestampFormat, console.UseUtcTimestamp) =
                (true, LoggerColorBehavior.Disabled, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
        }
    });
}
