using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Application;
using TeeProxy.Chain;

namespace TeeProxy.Ingress;

/// <summary>
/// Says no before anything is recorded and before a body is read, so that every refusal here is safe to retry and a
/// refused client uploads nothing. Null means: come in. Called by <see cref="TeeEndpoint"/> and <see cref="WriteIntake"/>.
/// </summary>
/// <param name="makeRoom">Whether the journal has room for so many bytes, once all is done that may be done for it.</param>
/// <param name="isClosed">Whether the node stops and takes nothing new.</param>
/// <param name="admit">Whether this node is the head; may found the chain at the first write.</param>
internal sealed class Admission(
    Pseudonym self, int maxHeadBytes, long maxBodyBytes, Journal journal, Func<long, CancellationToken, ValueTask<bool>> makeRoom, ApplicationHealth application, Hold hold, Func<bool> isClosed,
    Func<CancellationToken, ValueTask<Admittance>> admit)
{
    private const int SoonSeconds = 1;

    private const string SafeToRetry = " Nothing was recorded; it is safe to send it again.";

    private static readonly Problem Draining = Unavailable("draining", "The node is stopping", "Another node will take over, or this one will be back.");

    private static readonly Problem Held = Unavailable("held", "Writes are held", "An operator holds writes for a moment, to copy the nodes' states.");

    /// <summary>What is wrong with any request, a write or not.</summary>
    public Problem? CheckRequest(HttpContext context, string target)
    {
        var request = context.Request;
        if (HeadSize.Check(request, target, maxHeadBytes) is { } tooLarge)
        {
            return tooLarge;
        }

        if (self.IsIn(request.Headers.Via))
        {
            return new Problem(
                StatusCodes.Status508LoopDetected, "loop", "The request has been here before",
                $"Via names {self.Name}: does --local, or a front door, lead back to this node? Nothing was recorded.");
        }

        if (request.Headers.Upgrade.Count > 0 && request.Headers.Upgrade.ToString().Contains(HopEndpoint.UpgradePrefix, StringComparison.OrdinalIgnoreCase))
        {
            return new Problem(
                StatusCodes.Status403Forbidden, "hop", "This is no way into the chain", $"Nodes open to each other at {HopEndpoint.Path} only.");
        }

        return Framing.Check(request);
    }

    /// <summary>Whether this node may take this write now. Most often it completes at once.</summary>
    public ValueTask<Problem?> CheckWriteAsync(HttpContext context)
    {
        var length = context.Request.ContentLength ?? 0;
        if (length > maxBodyBytes)
        {
            return new(WriteProblems.TooLarge(maxBodyBytes));
        }

        if (isClosed())
        {
            return new(Draining);
        }

        // The journal would refuse it as well, but only after the upload.
        return journal.Faulted.IsCompleted || journal.HasRoomFor(length) ? CheckNodeAsync(context.RequestAborted) : FullAsync(length, context.RequestAborted);
    }

    private async ValueTask<Problem?> FullAsync(long length, CancellationToken cancellation) =>
        await CheckNodeAsync(cancellation) ?? (await makeRoom(length, cancellation) ? null : WriteProblems.BudgetFull);

    /// <summary>What may have changed while a slow body came in.</summary>
    public ValueTask<Problem?> CheckNodeAsync(CancellationToken cancellation)
    {
        if (journal.Faulted.IsCompleted)
        {
            return new(WriteProblems.JournalFaulted);
        }

        // Who is the head is said first: on a replica a client is better served by the head's address than by the local application's state.
        var asked = admit(cancellation);
        return asked.IsCompletedSuccessfully ? new(Judge(asked.Result)) : AwaitAsync(asked);

        async ValueTask<Problem?> AwaitAsync(ValueTask<Admittance> pending) => Judge(await pending);
    }

    private Problem? Judge(Admittance admittance) => admittance switch
    {
        Admittance.Misdirected { HeadAddress: var head } => new Problem(
            StatusCodes.Status421MisdirectedRequest, "not-head", "Writes go to the head",
            (head is null ? "This node is not the head." : $"This node is not the head; {head} is.") + SafeToRetry)
        {
            Head = head,
        },
        Admittance.NotYet { Why: var why } => Unavailable("not-yet", "The node may not take writes yet", why),
        Admittance.DiskFull => WriteProblems.DiskFull,
        _ when hold.IsHeld => Held,
        _ => application.Current is { IsUp: false, Why: var why }
            ? Unavailable("application-down", "The application is down", $"The head's application does not answer: {why}.")
            : null,
    };

    private static Problem Unavailable(string kind, string title, string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, kind, title, detail + SafeToRetry) { RetryAfterSeconds = SoonSeconds };
}
