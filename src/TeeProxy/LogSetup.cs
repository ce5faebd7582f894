using TeeChain.Logging;

namespace TeeProxy;

/// <summary>What of the node, and of the libraries, is logged.</summary>
internal static class LogSetup
{
    public static ILoggerFactory Create(bool json) => LoggerFactory.Create(logging =>
    {
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning).SetMinimumLevel(LogLevel.Information);

        // Where this category logs at all, were it only what never comes, each request costs an activity and a scope: 1.6 % of the
        // processor at full load. The node's own spans (--otlp) do not come from there.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddLines(json);
    });
}
