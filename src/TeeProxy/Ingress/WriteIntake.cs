using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Options;
using TeeProxy.Spooling;
using TeeProxy.Tracing;

namespace TeeProxy.Ingress;

/// <summary>
/// The way of a write from its client to the journal and back, as in docs/design.md section 2:
/// <code>
///   client ──1 admission──2 head──3 body──4 admission again──5 append──6 wait──7 answer──▶ client
///                          nothing recorded                │ recorded: the client's going changes nothing
/// </code>
/// Called by <see cref="TeeEndpoint"/>, once a write.
/// </summary>
/// <param name="makeRoom">Whether the journal has room for so many bytes, once all is done that may be done for it.</param>
/// <param name="explain">Why the ack level is not reached at a sequence.</param>
internal sealed class WriteIntake(
    NodeOptions options, Admission admission, ForwardedHead forwarded, BodySpool spool, Journal journal, Func<long, CancellationToken, ValueTask<bool>> makeRoom, PendingWrites table,
    Func<long, string> explain, DiskLog disk, TimeProvider time, ILogger<WriteIntake> logger)
{
    /// <summary>Others' writes may take the room that was made for one.</summary>
    private const int MostTries = 10;

    private int _isSpoolFailing;

    /// <param name="target">In origin form, as sent.</param>
    /// <returns>One of <see cref="RequestOutcome"/>.</returns>
    public Task<string> TakeAsync(HttpContext context, string target) => Spans.AreWanted ? TracedAsync(context, target) : TakeAsync(context, target, null);

    private async Task<string> TracedAsync(HttpContext context, string target)
    {
        using var span = IngressSpan.Start(context, RequestTarget.PathOf(target).ToString());
        try
        {
            return await TakeAsync(context, target, span);
        }
        catch (Exception cause) when (span is not null)
        {
            Spans.Fail(span, cause.GetType().FullName!, cause.Message);
            throw;
        }
        finally
        {
            if (span is { Status: not ActivityStatusCode.Error })
            {
                IngressSpan.Answered(span, context.Response.StatusCode);
            }
        }
    }

    private async Task<string> TakeAsync(HttpContext context, string target, Activity? span)
    {
        // 1. Whether it may come in. Kestrel sends "100 Continue" when the body is first read, so who is refused uploads nothing.
        if (await admission.CheckWriteAsync(context) is { } refused)
        {
            return await RefuseAsync(context, refused, isBodyRead: false);
        }

        // 2. The head as every application will see it.
        var head = forwarded.Of(context, target, span).Encode();

        // 3. The body, whole.
        var spooled = await ReadBodyAsync(context, head);
        if (spooled.Body is not { } body)
        {
            return await RefuseAsync(context, WriteProblems.Of(spooled, options.MaxBodyBytes), isBodyRead: false);
        }

        var payload = body.File is { } file ? EntryPayload.Spooled(head, file, body.Length, body.PayloadCrc) : EntryPayload.InMemory(head, body.Memory);
        PendingWrite write;
        DateTimeOffset began;
        var tries = 0;
        do
        {
            // 4. A slow body may have outlived the node's being head. From here on a hold waits for this write.
            write = new PendingWrite(table, payload) { Clock = span is null ? null : time };
            if (await CheckAgainAsync(context, write, body) is { } late)
            {
                return await RefuseAsync(context, late, isBodyRead: true);
            }

            // 5. The journal decides. From here on nothing is cancelled.
            began = span is null ? default : time.GetUtcNow();
            journal.Append(write);
        }
        while (write.HasFound(AppendFailure.BudgetFull) && ++tries < MostTries && await makeRoom(payload.Bytes, CancellationToken.None));

        // 6. The ack level, or the time that the client is asked to wait.
        var result = await WaitAsync(write);

        if (span is not null && write.Sequence > 0)
        {
            span.SetTag("teechain.sequence", write.Sequence);
            Spans.Tell("commit", span.Context, write.Sequence, began, write.Committed);
        }

        NoteDisk(write, result);

        // The journal is done with the spool file once it gave a sequence or refused. If it did neither, it may still be
        // reading it; then the file goes when the journal lets go of its handle.
        if (write.Sequence > 0 || result is WriteResult.Unrecorded)
        {
            body.Dispose();
        }

        // 7. What is known goes to the client.
        return await TellAsync(context, result);
    }

    private async ValueTask<SpoolResult> ReadBodyAsync(HttpContext context, byte[] head)
    {
        if (context.Request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return new SpoolResult(SpoolOutcome.Complete, SpooledBody.Empty);
        }

        try
        {
            var spooled = await spool.ReadAsync(context.Request.BodyReader, options.MaxBodyBytes, Crc32C.Compute(head), context.RequestAborted);
            NoteSpool(spooled);
            return spooled;
        }
        catch (IOException cause) when (cause is not (BadHttpRequestException or ConnectionResetException))
        {
            // What fails on the disk is a result. Kestrel throws this for a chunk's size that does not fit into 32 bits.
            throw new BadHttpRequestException(cause.Message, StatusCodes.Status400BadRequest, cause);
        }
    }

    private async ValueTask<Problem?> CheckAgainAsync(HttpContext context, PendingWrite write, SpooledBody body)
    {
        Problem? problem = null;
        var isAsked = false;
        try
        {
            problem = await admission.CheckNodeAsync(context.RequestAborted);
            isAsked = true;
            return problem;
        }
        finally
        {
            if (!isAsked || problem is not null)
            {
                write.Withdraw();
                body.Dispose();
            }
        }
    }

    private async ValueTask<WriteResult> WaitAsync(PendingWrite write)
    {
        // Time's running out is a result here and not an exception.
        await ((Task)write.Completion.WaitAsync(options.AckTimeout, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!write.Completion.IsCompleted)
        {
            write.TryComplete(new WriteResult.Undetermined(write.Sequence, WhyLate(write)));
            table.Forget(write);
        }

        return await write.Completion;
    }

    private string WhyLate(PendingWrite write)
    {
        var time = $"within {options.AckTimeout.TotalSeconds:0.###} s";
        return write.Answer is { Status: var status }
            ? $"The head's application answered {status}, but {time} the write has not reached {explain(write.Sequence)}"
            : $"The application has not answered {time}.";
    }

    private async Task<string> TellAsync(HttpContext context, WriteResult result)
    {
        switch (result)
        {
            case WriteResult.Answered { Answer: var answer }:
                using (answer.Body)
                {
                    await WriteAnswer.WriteAsync(context, answer);
                    return RequestOutcome.Answered;
                }

            case WriteResult.Undetermined undetermined:
                await ProblemAnswer.WriteAsync(context, WriteProblems.Of(undetermined), isBodyRead: true);
                return RequestOutcome.Undetermined;

            case WriteResult.Unrecorded { Failure: var failure }:
                await ProblemAnswer.WriteAsync(context, WriteProblems.Of(failure, options.MaxBodyBytes), isBodyRead: true);
                return failure == AppendFailure.Ambiguous ? RequestOutcome.Ambiguous : RequestOutcome.Refused;

            default:
                throw new UnreachableException($"A write ended as {result}.");
        }
    }

    private static async Task<string> RefuseAsync(HttpContext context, Problem problem, bool isBodyRead)
    {
        await ProblemAnswer.WriteAsync(context, problem, isBodyRead);
        return RequestOutcome.Refused;
    }

    private void NoteDisk(PendingWrite write, WriteResult result)
    {
        if (result is WriteResult.Unrecorded { Failure: AppendFailure.DiskFull })
        {
            disk.Full();
        }
        else if (write.Sequence > 0)
        {
            disk.HasRoom();
        }
    }

    // A disk that fails does so for every long write: it is said once, and once again when it works.
    private void NoteSpool(SpoolResult spooled)
    {
        if (spooled.Outcome is SpoolOutcome.DiskFailed or SpoolOutcome.DiskFull)
        {
            if (Interlocked.Exchange(ref _isSpoolFailing, 1) == 0)
            {
                logger.SpoolFails(spooled.Why);
            }
        }
        else if (spooled.Body?.File is not null && Volatile.Read(ref _isSpoolFailing) == 1 && Interlocked.Exchange(ref _isSpoolFailing, 0) == 1)
        {
            logger.SpoolWorks();
        }
    }
}
