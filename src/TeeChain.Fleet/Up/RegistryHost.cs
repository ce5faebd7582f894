using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Up;

/// <summary>The registry's own port, on loopback.</summary>
internal static class RegistryHost
{
    private const int MaxConnections = 1000;

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<WebApplication> StartAsync(int port, RegistryEndpoints endpoints, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs).AddLogging();
        builder.Services.AddSingleton<IHostLifetime, StoppedByUs>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 << 10;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.ListenLocalhost(port);
        });
        var host = builder.Build();
        host.Run(async context =>
        {
            if (!await endpoints.TryHandleAsync(context))
            {
                await RegistryAnswer.ProblemAsync(context, 404, "There are: /workers, /register-worker, /registry, /scale and /worker/stats.");
            }
        });
        await host.StartAsync();
        return host;
    }

    /// <summary>Signals are the verb's.</summary>
    private sealed class StoppedByUs : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
