using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Spooling;

namespace TeeProxy.Ingress;

/// <summary>How the ends of a write that are not the application's answer are told to its client.</summary>
internal static class WriteProblems
{
    private const string SafeToRetry = " Nothing was recorded; it is safe to send it again.";

    public static Problem TooLarge(long maxBodyBytes) => new(
        StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"A write's body may have {maxBodyBytes} bytes here (--max-body). Nothing was recorded.");

    /// <summary>The body broke off or was not HTTP: Kestrel's status and words.</summary>
    public static Problem BadBody(BadHttpRequestException cause) => new(
        cause.StatusCode, "bad-body", "The body could not be read", $"{cause.Message} Nothing was recorded.");

    public static Problem Of(SpoolResult spooled, long maxBodyBytes) => spooled.Outcome switch
    {
        SpoolOutcome.TooLarge => TooLarge(maxBodyBytes),
        SpoolOutcome.DiskFull => DiskFull,
        _ => new(
            StatusCodes.Status500InternalServerError, "spool-failed", "The node cannot spool bodies",
            "The node's disk does not take the body; its operator must look at the log." + SafeToRetry),
    };

    /// <summary>The journal did not take it, or cannot say.</summary>
    public static Problem Of(AppendFailure failure, long maxBodyBytes) => failure switch
    {
        AppendFailure.DiskFull => DiskFull,
        AppendFailure.BudgetFull => BudgetFull,
        AppendFailure.TooLarge => TooLarge(maxBodyBytes),
        AppendFailure.Faulted => JournalFaulted,
        AppendFailure.Closed => new(
            StatusCodes.Status503ServiceUnavailable, "stopping", "The node is stopping", "The node's journal is closed." + SafeToRetry),
        AppendFailure.Sealed => new(
            StatusCodes.Status503ServiceUnavailable, "handing-over", "Another node is about to lead", "This head hands over to another node." + SafeToRetry)
        {
            RetryAfterSeconds = 1,
        },
        AppendFailure.Ambiguous => Ambiguous,
        _ => new(
            StatusCodes.Status500InternalServerError, "not-recorded", "The journal refused the write",
            $"The journal refused the write ({failure})." + SafeToRetry),
    };

    /// <summary>It is recorded, or may be, but the application's answer is not at hand.</summary>
    public static Problem Of(WriteResult.Undetermined result) => result.Sequence > 0
        ? new(
            StatusCodes.Status504GatewayTimeout, "undetermined", "The write was not confirmed in time",
            $"{result.Why} The write is recorded as {result.Sequence} and will be delivered; sent again it would happen twice.", Recorded.Yes)
        {
            Sequence = result.Sequence,
        }
        : new(
            StatusCodes.Status504GatewayTimeout, "undetermined", "The write was not confirmed in time",
            $"{result.Why} It is not known whether the write is recorded; sent again it may happen twice.", Recorded.Unknown);

    public static Problem JournalFaulted { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "journal-faulted", "The journal has faulted",
        "The node's disk failed, and the node stops; its operator must look at the log." + SafeToRetry);

    public static Problem BudgetFull { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "journal-full", "The journal's budget is used up",
        "Other nodes are too far behind for the journal's budget (--journal-max-bytes)." + SafeToRetry)
    {
        RetryAfterSeconds = 5,
    };

    // No room at the moment of asking may be room a moment later, when segments have been dropped.
    public static Problem DiskFull { get; } = new(
        StatusCodes.Status507InsufficientStorage, "disk-full", "The node's disk is full",
        "The node's disk has no room for the write; service resumes by itself when there is room." + SafeToRetry)
    {
        RetryAfterSeconds = 5,
    };

    // Without Retry-After: that would invite a program to send a second time what may be recorded already.
    private static Problem Ambiguous { get; } = new(
        StatusCodes.Status500InternalServerError, "ambiguous", "It is not known whether the write is recorded",
        "The disk failed while the write was being recorded. It may be found after a restart and delivered then, or not.", Recorded.Unknown);
}
