using Microsoft.AspNetCore.Connections;

namespace TeeProxy.Ingress;

/// <summary>
/// The door of the listen port, for all that is not the hop. Every request ends here with an answer; exceptions stop
/// here too. Thread-safe.
/// </summary>
internal sealed class TeeEndpoint(
    TeeRule rule, Admission admission, WriteIntake intake, PassThrough passThrough, IngressInstruments instruments, ILogger<TeeEndpoint> logger)
{
    private static readonly Problem NoResource = new(
        StatusCodes.Status400BadRequest, "no-resource", "The request names no resource",
        "The target must be a path; this is no forward proxy. Nothing was recorded.");

    private static readonly Problem Defect = new(
        StatusCodes.Status500InternalServerError, "defect", "The node failed", "The node failed; its operator must look at the log.", Recorded.Unknown);

    /// <summary>A <see cref="RequestDelegate"/>.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var started = instruments.Start();
        var method = context.Request.Method;
        var outcome = RequestOutcome.Failed;
        try
        {
            outcome = await ServeAsync(context);
        }
        catch (BadHttpRequestException cause)
        {
            // Only the body is read here, and nothing is recorded before it was read.
            outcome = RequestOutcome.Refused;
            await ProblemAnswer.WriteAsync(context, WriteProblems.BadBody(cause), isBodyRead: false);
        }
        catch (Exception cause) when (cause is ConnectionResetException or ConnectionAbortedException || context.RequestAborted.IsCancellationRequested)
        {
            outcome = RequestOutcome.Aborted;
            context.Abort();
        }
        catch (Exception cause)
        {
            logger.RequestFailed(cause, method, context.Request.Path.Value);
            await ProblemAnswer.WriteAsync(context, Defect, isBodyRead: false);
        }
        finally
        {
            instruments.Count(method, outcome, started);
        }
    }

    private async Task<string> ServeAsync(HttpContext context)
    {
        var target = RequestTarget.Of(context);
        if ((target is null ? NoResource : admission.CheckRequest(context, target)) is { } refused)
        {
            await ProblemAnswer.WriteAsync(context, refused, isBodyRead: false);
            return RequestOutcome.Refused;
        }

        return rule.IsWrite(context.Request.Method, target!, context.Request.Path)
            ? await intake.TakeAsync(context, target!)
            : await passThrough.PassAsync(context, target!);
    }
}
