using Microsoft.AspNetCore.Connections;
using SampleApp.Applied;
using SampleApp.Durable;
using SampleApp.Options;
using SampleApp.Users;
using SampleApp.Web;

namespace SampleApp;

/// <summary>Puts the parts together and runs them. Exits 0 after SIGTERM, 1 when it cannot start, 2 on a wrong flag.</summary>
internal static class Program
{
    private const int CannotStart = 1;

    public static async Task<int> Main(string[] arguments)
    {
        var invocation = Invocation.Parse(arguments, Environment.GetEnvironmentVariable);
        if (invocation.Settings is not { } settings)
        {
            await (invocation.ExitStatus == 0 ? Console.Out : Console.Error).WriteLineAsync(invocation.Text);
            return invocation.ExitStatus;
        }

        try
        {
            await RunAsync(settings, CancellationToken.None);
            return 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"sample-app: {Explain(failure, settings)}");
            return CannotStart;
        }
    }

    /// <summary>The application without its listener, so that tests can put another before it.</summary>
    public static Endpoints Compose(
        Settings settings, AppliedLog log, UserStore users, ILogger<Endpoints> logger, TimeProvider time, Random random,
        CancellationToken stopping)
    {
        var interference = settings.HasTestControls ? new Interference(time) : null;
        var routes = Routes.Of(
            new ReadEndpoints(users, settings, random),
            new WriteEndpoints(users, interference, stopping),
            new StateEndpoints(users, log, settings));
        return new Endpoints(
            interference is null ? routes : [.. routes, .. Routes.OfTests(new TestEndpoints(interference))],
            settings, time, random, logger);
    }

    private static async Task RunAsync(Settings settings, CancellationToken cancellation)
    {
        var log = new AppliedLog();
        using var file = settings.DataFile is { } path ? StateFile.Open(path, settings.IsSynced) : null;
        var users = new UserStore(log, file is null ? null : file.Append);
        await (file?.ReplayAsync(users.Restore, cancellation) ?? Task.CompletedTask);

        await using var app = Listener.Build(settings);
        var endpoints = Compose(
            settings, log, users, app.Services.GetRequiredService<ILogger<Endpoints>>(), TimeProvider.System, Random.Shared,
            app.Lifetime.ApplicationStopping);
        app.Run(endpoints.HandleAsync);
        await app.StartAsync(cancellation);
        Console.WriteLine($"sample-app {settings.Name} listening on {app.Urls.First()}");
        await app.WaitForShutdownAsync(cancellation);
    }

    private static string Explain(Exception failure, Settings settings) =>
        failure.InnerException is AddressInUseException
            ? $"{settings.Endpoint} is in use by another program; choose another port with --port, or another address with --listen"
            : failure.Message;
}
