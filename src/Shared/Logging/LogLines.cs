using Microsoft.Extensions.Logging.Console;

namespace TeeChain.Logging;

/// <summary>Where a program's log goes: standard output, one line an event, as text for people or JSON for machines.</summary>
internal static class LogLines
{
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, bool json) => json
        ? logging.AddConsole(console => console.FormatterName = JsonLines.Format).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>()
        : logging.AddSimpleConsole(console =>
            (console.SingleLine, console.ColorBehavior, console.TimestampFormat, console.UseUtcTimestamp) =
            (true, LoggerColorBehavior.Disabled, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
}
