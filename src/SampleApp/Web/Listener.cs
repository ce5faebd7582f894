using SampleApp.Bodies;
using SampleApp.Options;

namespace SampleApp.Web;

/// <summary>Kestrel and the generic host with nothing that is not needed: this is the application of the benchmark.</summary>
internal static class Listener
{
    // Long enough for any answer without --delay; a demonstration that is stopped should be gone.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    public static WebApplication Build(Settings settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);

        // A failed start is told by Main, in one line instead of a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyReader.MaxBodyBytes;
            kestrel.Listen(settings.Endpoint);
        });
        return builder.Build();
    }
}
