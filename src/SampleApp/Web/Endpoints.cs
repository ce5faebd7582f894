using System.Collections.Frozen;
using SampleApp.Options;

namespace SampleApp.Web;

/// <summary>
/// Takes every request to the route of its path and sends what that answers. Paths are compared exactly: ASP.NET
/// Core's own routing takes <c>/Login</c> for <c>/login</c>, and a balancer's rules do not.
/// </summary>
internal sealed partial class Endpoints(
    IEnumerable<KeyValuePair<string, Route>> routes, Settings settings, TimeProvider time, Random random, ILogger<Endpoints> logger)
{
    private static readonly Answer NotFound = Answer.Text(StatusCodes.Status404NotFound, "there is no such path");
    private static readonly Answer Failed = Answer.Text(
        StatusCodes.Status500InternalServerError, "the request failed and nothing was applied; the log says why");

    private readonly FrozenDictionary<string, Route> _routes = routes.ToFrozenDictionary(StringComparer.Ordinal);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var route = _routes.GetValueOrDefault(context.Request.Path.Value ?? "");
            var answer = await AnswerAsync(context, route);
            await DelayAsync(route?.Pace ?? Pace.AtOnce, context.RequestAborted);
            await answer.SendAsync(context.Response, context.RequestAborted);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody is there to be answered.
        }
        catch (OperationCanceledException)
        {
            // Stopped while a test let it hang: whether it was applied is for the next delivery to find out.
            context.Abort();
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            await Answer.Text(refused.StatusCode, refused.Message).SendAsync(context.Response, context.RequestAborted);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            LogFailed(context.Request.Path, failure);
            await Failed.SendAsync(context.Response, context.RequestAborted);
        }
    }

    private static ValueTask<Answer> AnswerAsync(HttpContext context, Route? route) => route switch
    {
        null => new(NotFound),
        _ when !route.Takes(context.Request.Method) => new(
            Answer.Text(StatusCodes.Status405MethodNotAllowed, $"allowed is {route.Allow}") with { Allow = route.Allow }),
        _ => route.Handler(context),
    };

    private Task DelayAsync(Pace pace, CancellationToken cancellation) =>
        settings.Delay == TimeSpan.Zero || pace == Pace.AtOnce
            ? Task.CompletedTask
            : Task.Delay(pace == Pace.Delayed ? settings.Delay : settings.Delay * (0.5 + random.NextDouble()), time, cancellation);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request for {Path} failed and changed nothing; look at the disk of --data first.")]
    private partial void LogFailed(string path, Exception failure);
}
