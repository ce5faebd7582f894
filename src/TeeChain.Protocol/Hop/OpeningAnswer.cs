namespace TeeChain.Protocol.Hop;

/// <summary>The answer to an opening: the verdict, and who it is that answers, so that the other can judge for itself.</summary>
public sealed record OpeningAnswer
{
    public required Verdict Verdict { get; init; }

    /// <summary>Why, and what to do; empty with <see cref="Verdict.Accept"/>.</summary>
    public required string Reason { get; init; }

    public Guid? Chain { get; init; }

    public required Guid Node { get; init; }

    public required Guid Journal { get; init; }

    /// <summary>The highest epoch that the answering node has made durable.</summary>
    public required long PromisedEpoch { get; init; }

    /// <summary>The head of <see cref="PromisedEpoch"/>.</summary>
    public Guid? Head { get; init; }

    /// <summary>Where that head listens.</summary>
    public string? HeadAddress { get; init; }

    /// <summary>The last 64 epochs that it knows, oldest first.</summary>
    public IReadOnlyList<EpochStart> Epochs { get; init => field = value ?? []; } = [];

    /// <summary>The head's view of the chain that the answering node holds.</summary>
    public ViewVersion View { get; init; }

    /// <summary>Every node that counts or is announced, as far as this one knows: whoever wants to be promoted may not have been told yet.</summary>
    public IReadOnlyList<ChainNode> Nodes { get; init => field = value ?? []; } = [];

    /// <summary>Whether it is still being brought up to date and does not count yet.</summary>
    public bool IsJoining { get; init; }

    /// <summary>Its last durable record: a predecessor resumes right behind it.</summary>
    public required Position Last { get; init; }

    /// <summary>The last sequence before which nothing is undelivered to its application.</summary>
    public long Applied { get; init; }

    public required string Address { get; init; }

    /// <summary>Whether it reads <see cref="Frames.FrameType.Rows"/> frames. A release that does not know them would end the stream at the first.</summary>
    public bool TakesRows { get; init; }
}
