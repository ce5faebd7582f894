namespace TeeProxy.Ingress;

/// <summary>Whether the write that a problem is about is in the journal: what its client must know before it tries again.</summary>
internal enum Recorded
{
    /// <summary>No: it is safe to send it again.</summary>
    No,

    /// <summary>Yes: it will be delivered; sent again it happens twice.</summary>
    Yes,

    /// <summary>Nobody can say.</summary>
    Unknown,

    /// <summary>The request was no write.</summary>
    NotAWrite,
}

/// <summary>An answer of TeeChain's own instead of the application's: problem details of RFC 9457.</summary>
/// <param name="Kind">The last part of <c>type</c>, for programs: <c>urn:teechain:problem:draining</c>.</param>
/// <param name="Title">The same for every problem of the kind.</param>
/// <param name="Detail">What happened here, and what to do.</param>
internal sealed record Problem(int Status, string Kind, string Title, string Detail, Recorded Recorded = Recorded.No)
{
    /// <summary>The write's number, when it has one.</summary>
    public long Sequence { get; init; }

    /// <summary>Where the head listens, when the write belongs there and that is known.</summary>
    public string? Head { get; init; }

    /// <summary>When a new try makes sense; null when time alone does not help.</summary>
    public int? RetryAfterSeconds { get; init; }
}
