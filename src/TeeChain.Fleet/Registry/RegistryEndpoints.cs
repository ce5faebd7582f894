using System.Globalization;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// The registry's paths, to be mounted on any Kestrel host:
/// <code>
///   GET  /workers                    the applications' addresses, a JSON array of URLs, in the chain's order, without those who are away
///   POST /register-worker            an announcement (docs/operations.md)
///   GET  /registry[?after=VERSION]   the view; with after, as soon as its version is another, at the latest after 20 s
/// </code>
/// and what the host adds (<c>/worker/stats</c>, <c>/scale</c>). Thread-safe.
/// </summary>
/// <param name="desk">Takes announcements.</param>
/// <param name="more">Further paths, behind the same guard.</param>
internal sealed class RegistryEndpoints(
    IFleetSource fleet, IAnnouncementDesk desk, RegistryGuard guard, TimeProvider time, IReadOnlyDictionary<string, RequestDelegate>? more = null)
{
    /// <summary>What a gateway serves on its front port.</summary>
    public static readonly IReadOnlySet<string> FrontPaths = new HashSet<string>(StringComparer.Ordinal) { "/workers", "/register-worker", "/worker/stats" };

    /// <summary>The longest wait for a change.</summary>
    public static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(20);

    /// <summary>Answers the request when its path is the registry's.</summary>
    /// <param name="paths">Those that are served here; null: all.</param>
    /// <returns>False when it is not, and nothing was done.</returns>
    public async Task<bool> TryHandleAsync(HttpContext context, IReadOnlySet<string>? paths = null)
    {
        var path = context.Request.Path.Value ?? "";
        if ((paths is not null && !paths.Contains(path)) || HandlerAt(path) is not { } handler)
        {
            return false;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        switch (guard.Refusal(context))
        {
            case 0:
                await handler(context);
                break;
            case StatusCodes.Status401Unauthorized:
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await RegistryAnswer.ProblemAsync(context, 401, "This takes \"Authorization: Bearer\" with the fleet's secret (--secret-file).");
                break;
            case var status:
                await RegistryAnswer.ProblemAsync(context, status, "The registry is not known by that name. Use localhost, an IP address or the name it listens on.");
                break;
        }

        return true;
    }

    private RequestDelegate? HandlerAt(string path) => path switch
    {
        "/workers" => context => ReadAsync(context, WorkersAsync),
        "/registry" => context => ReadAsync(context, ViewAsync),
        "/register-worker" => RegisterAsync,
        _ => more?.GetValueOrDefault(path),
    };

    private static Task ReadAsync(HttpContext context, RequestDelegate read)
    {
        if (context.Request.Method is "GET" or "HEAD")
        {
            return read(context);
        }

        context.Response.Headers.Allow = "GET, HEAD";
        return RegistryAnswer.ProblemAsync(context, 405, "This takes GET and HEAD only.");
    }

    private Task WorkersAsync(HttpContext context)
    {
        string[] addresses = [.. fleet.Current.Workers.Where(static worker => worker.State != WorkerState.Away).Select(static worker => $"http://{worker.Address}")];
        return context.Response.WriteAsJsonAsync(addresses, RegistryJson.Default.StringArray, cancellationToken: context.RequestAborted);
    }

    private async Task ViewAsync(HttpContext context)
    {
        var after = context.Request.Query["after"].ToString();
        if (after.Length > 0 && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            await RegistryAnswer.ProblemAsync(context, 400, "after takes a version, as GET /registry told it.");
            return;
        }

        var view = after.Length == 0 ? fleet.Current : await WaitAsync(long.Parse(after, CultureInfo.InvariantCulture), context.RequestAborted);
        await context.Response.WriteAsJsonAsync(view, RegistryJson.Default.FleetView, cancellationToken: context.RequestAborted);
    }

    private async Task<FleetView> WaitAsync(long version, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(LongestPoll, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await fleet.ChangedAsync(version, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return fleet.Current;
        }
    }

    private async Task RegisterAsync(HttpContext context)
    {
        if (context.Request.Method != "POST")
        {
            context.Response.Headers.Allow = "POST";
            await RegistryAnswer.ProblemAsync(context, 405, "This takes POST only.");
        }
        else if (await ReadBodyAsync(context.Request) is not { } body)
        {
            await RegistryAnswer.ProblemAsync(context, 413, $"An announcement has at most {AnnouncementRule.MostBytes} bytes.");
        }
        else
        {
            await desk.AnswerAsync(context, body);
        }
    }

    /// <summary>Null when it is longer than an announcement may be; reads no more than that.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request)
    {
        var buffer = new byte[AnnouncementRule.MostBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return length > AnnouncementRule.MostBytes ? default(ReadOnlyMemory<byte>?) : buffer.AsMemory(0, length);
    }
}
