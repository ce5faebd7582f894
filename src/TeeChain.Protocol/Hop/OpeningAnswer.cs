namespace TeeChain.Protocol.Hop;

/// <summary>A successor's answer: its verdict, and who it is, so that the predecessor can judge for itself.</summary>
public sealed record OpeningAnswer
{
    public required Verdict Verdict { get; init; }

    /// <summary>Why, and what to do; empty with <see cref="Verdict.Accept"/>.</summary>
    public required string Reason { get; init; }

    public Guid? Chain { get; init; }

    public required Guid Node { get; init; }

    public required Guid Journal { get; init; }

    /// <summary>The highest epoch that the successor has made durable.</summary>
    public required long PromisedEpoch { get; init; }

    /// <summary>The successor's last durable record: the predecessor resumes right behind it.</summary>
    public required Position Last { get; init; }

    public required string Address { get; init; }
}
