namespace TeeChain.Journaling;

/// <summary>What became of records that another node sent.</summary>
public enum ReceiveOutcome
{
    /// <summary>Taken; they commit in order, and stay pending through a full disk.</summary>
    Accepted,

    /// <summary>Not the records that follow here, or damaged. None was taken.</summary>
    Rejected,

    /// <summary>None was taken: the disk is full and much is pending already. Offer them again.</summary>
    DiskFull,

    /// <summary>None was taken: the journal is faulted or closed.</summary>
    Faulted,
}

/// <summary>The outcome of <see cref="Journal.AppendReceivedAsync"/>, with the reason of a rejection.</summary>
public readonly record struct ReceiveResult(ReceiveOutcome Outcome, string? Reason = null)
{
    public static ReceiveResult Accepted { get; } = new(ReceiveOutcome.Accepted);

    public static ReceiveResult DiskFull { get; } = new(ReceiveOutcome.DiskFull);

    public static ReceiveResult Faulted { get; } = new(ReceiveOutcome.Faulted);

    public bool IsAccepted => Outcome == ReceiveOutcome.Accepted;

    public static ReceiveResult Rejected(string reason) => new(ReceiveOutcome.Rejected, reason);
}
